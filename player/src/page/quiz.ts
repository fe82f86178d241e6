/** A quiz: each answer is saved as soon as it is given, kept on the device until it is, and the time left is told. */

import './reading.ts';
import { type Said, Saver, waitBeforeSending, watch } from '../shared/saver.ts';
import { optional } from './dom.ts';
import { sayTime } from './quiz-clock.ts';
import { Kept } from './quiz-kept.ts';

const PAUSE = 700;

function takeAnswers(form: HTMLFormElement): void {
  const state = optional<HTMLElement>('player-state');
  const error = optional<HTMLElement>('quiz-error');
  const words: Record<Said, string> = {
    saved: form.dataset.saved ?? '',
    saving: form.dataset.saving ?? '',
    failed: form.dataset.failed ?? '',
    refused: form.dataset.failed ?? '',
  };
  const kept = new Kept(form);
  const saver = new Saver({
    form,
    said: (said, problem) => {
      if (state) {
        state.dataset.state = said === 'refused' ? 'failed' : said;
        state.textContent = said === 'refused' ? (problem?.title ?? '') : words[said];
      }
      if (error) {
        error.hidden = said !== 'refused';
        error.textContent = said === 'refused' ? (problem?.title ?? '') : '';
      }
      form.querySelector('input.input')?.toggleAttribute('aria-invalid', said === 'refused');
    },
    saved: () => kept.keep(true),
  });
  form.addEventListener('input', () => kept.keep(false));
  watch(form, saver, PAUSE);
  waitBeforeSending(form, saver);
  if (kept.restore()) saver.changed(0);
}

/** Counts down, says the last minutes aloud, and ends the attempt in time: the server does so in any case. */
function tick(clock: HTMLElement): void {
  const end = performance.now() + Number(clock.dataset.quizClock);
  const text = clock.querySelector('span');
  const pattern = clock.dataset.left ?? '';
  const show = (): void => {
    const left = Math.max(0, Math.round((end - performance.now()) / 1000));
    clock.toggleAttribute('data-soon', left <= 60);
    if (left <= 0) {
      clearInterval(timer);
      clock.setAttribute('role', 'status');
      if (text) text.textContent = clock.dataset.out ?? '';
      optional<HTMLFormElement>('quiz-end')?.requestSubmit();
    } else if (text) {
      text.textContent = pattern.replace('{time}', sayTime(left));
    }
    if (left === 300 || left === 60) clock.setAttribute('role', 'status');
    else if (left === 298 || left === 58) clock.removeAttribute('role');
  };
  const timer = setInterval(show, 1000);
  show();
}

function sendOnce(form: HTMLFormElement): void {
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = 'yes';
  });
  addEventListener('pageshow', () => delete form.dataset.sent);
}

const form = document.querySelector<HTMLFormElement>('form[data-quiz]');
if (form) takeAnswers(form);
const clock = document.querySelector<HTMLElement>('[data-quiz-clock]');
if (clock) tick(clock);
for (const once of document.querySelectorAll<HTMLFormElement>('form[data-once]')) sendOnce(once);
