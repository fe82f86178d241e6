/** A form that saves itself: `data-autosave` on it, `data-save-state` where it says so, `data-conflict` for what stands in the way. */

import { all } from './dom.ts';

type State = 'saved' | 'unsaved' | 'saving';
const PAUSE = 800;
const AGAIN = 5000;

export function autosave(form: HTMLFormElement): void {
  const revision = form.querySelector<HTMLInputElement>('input[name="revision"]');
  const [place] = all('[data-save-state]');
  const [conflict] = all('[data-conflict]');
  if (!revision || !place) return;
  let typed = 0;
  let saved = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<void> | undefined;
  let present = '';
  let isLeaving = false;

  const say = (state: State) => {
    place.dataset.state = state;
    const words = place.dataset[state] ?? '';
    if (place.textContent !== words) place.textContent = words;
  };
  const later = (pause: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => void save(), pause);
  };

  const once = async () => {
    const mine = typed;
    const body = new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    const answer = await fetch(form.getAttribute('action') ?? '', {
      method: 'POST',
      body,
      headers: { Accept: 'application/json' },
    }).catch(() => undefined);
    const told = await answer?.json().catch(() => undefined);
    if (answer?.ok) {
      revision.value = String(told?.revision ?? revision.value);
      saved = mine;
      say(saved === typed ? 'saved' : 'unsaved');
      if (saved !== typed) later(PAUSE);
    } else if (answer?.status === 409) {
      present = String(told?.revision ?? '');
      const words = conflict?.querySelector('[data-conflict-text]');
      if (words) words.textContent = told?.title ?? '';
      if (conflict) conflict.hidden = false;
      say('unsaved');
    } else {
      say('unsaved');
      // What the server refuses stays refused until it is changed; a lost connection comes back.
      if (!answer || answer.status >= 500) later(AGAIN);
    }
  };
  const save = async () => {
    clearTimeout(timer);
    if (running) await running;
    if (saved === typed || present) return;
    running = once();
    await running;
    running = undefined;
  };

  form.addEventListener('input', () => {
    typed += 1;
    say('unsaved');
    if (!present) later(PAUSE);
  });
  document.getElementById('conflict-replace')?.addEventListener('click', () => {
    revision.value = present;
    present = '';
    if (conflict) conflict.hidden = true;
    void save();
  });
  // A button of the form sends what a save under way would make old: that one first.
  form.addEventListener('submit', (event) => {
    clearTimeout(timer);
    if (running) {
      event.preventDefault();
      const button = event.submitter;
      void running.then(() => form.requestSubmit(button));
      return;
    }
    isLeaving = true;
  });
  addEventListener('pageshow', () => {
    isLeaving = false;
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') void save();
  });
  addEventListener('beforeunload', (event) => {
    if (saved !== typed && !isLeaving) event.preventDefault();
  });
}
