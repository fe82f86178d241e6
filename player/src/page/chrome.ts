/** The frame around the content: outline as column or drawer, focus mode, saved state, messages. */

import type { SavedState } from '../shared/protocol.ts';
import type { Status, Words } from './config.ts';
import { button, element, optional, required } from './dom.ts';
import { outlineDrawer } from './drawer.ts';
import type { Allowed } from './outline.ts';

/** A save quicker than this is not worth a word, and would make a screen reader talk at every click. */
const WORTH_SAYING = 500;

export type Phase = 'loading' | 'running' | 'ended' | 'error';

export interface Action {
  readonly label: string;
  readonly main?: boolean;
  readonly act: () => void;
}

export class Chrome {
  readonly stage = required<HTMLElement>('player-stage');
  readonly previous = required<HTMLButtonElement>('player-previous');
  readonly next = required<HTMLButtonElement>('player-next');
  readonly back = required<HTMLAnchorElement>('player-back');
  readonly #root = required<HTMLElement>('player');
  readonly #state = required<HTMLElement>('player-state');
  readonly #outline = optional<HTMLElement>('player-outline');
  readonly #focus = optional<HTMLButtonElement>('player-focus');
  readonly #words: Words;
  readonly #closeDrawer: () => void;
  #saying: ReturnType<typeof setTimeout> | undefined;
  #isReadonly = false;
  #panel: HTMLElement | undefined;
  #notice: HTMLElement | undefined;

  constructor(words: Words) {
    this.#words = words;
    this.#closeDrawer = outlineDrawer(this.#root, (open) => words(open ? 'outline-hide' : 'outline-show'));
    this.#prepareFocus();
  }

  /**
   * Calls back when an entry of the outline is chosen; without an index when it is the course as a whole. A click with a modifier
   * opens a tab as links do.
   */
  onChoice(chosen: (index?: number) => void): void {
    this.#outline?.addEventListener('click', (event) => {
      const entry = (event.target as Element).closest<HTMLElement>('.player-item-link[data-index]');
      if (!entry || isModified(event)) return;
      event.preventDefault();
      this.#closeDrawer();
      const { index } = entry.dataset;
      if (index === 'course') chosen();
      else chosen(Number(index));
    });
  }

  phase(phase: Phase): void {
    this.#root.dataset.phase = phase;
    // A new launch takes the lease back.
    if (phase === 'loading') this.#isReadonly = false;
  }

  allow(allowed: Allowed): void {
    this.previous.disabled = !allowed.previous;
    this.next.disabled = !allowed.next;
  }

  /** Shows the saved state; `saving` only when it takes long enough to be noticed. */
  saved(state: SavedState | 'not-recorded'): void {
    clearTimeout(this.#saying);
    // Once another window plays, nothing of this one is saved any more, whatever comes after.
    this.#isReadonly ||= state === 'readonly';
    if (this.#isReadonly && state !== 'readonly') return;
    const show = () => {
      this.#state.dataset.state = state;
      const words = this.#words(state);
      if (this.#state.textContent !== words) this.#state.textContent = words;
    };
    if (state === 'saving') this.#saying = setTimeout(show, WORTH_SAYING);
    else show();
  }

  status(index: number, status: Status): void {
    const item = this.#outline?.querySelector<HTMLElement>(`.player-item[data-index="${index}"]`);
    if (!item) return;
    item.dataset.status = status;
    const word = item.querySelector('.player-item-status');
    if (word) word.textContent = this.#words(`status-${status}`);
  }

  /** No activity is open any more. */
  leftCurrent(): void {
    this.#outline?.querySelector('[aria-current]')?.removeAttribute('aria-current');
  }

  /** An entry that cannot be chosen now stays readable, and says so to a screen reader. */
  open(index: number, isOpen: boolean): void {
    const item = this.#outline?.querySelector<HTMLElement>(`.player-item[data-index="${index}"]`);
    const group = item?.querySelector('button');
    if (group) group.disabled = !isOpen;
    const link = item?.querySelector('a');
    const word = item?.querySelector('.player-item-status');
    if (!link || !word) return;
    if (isOpen) link.removeAttribute('aria-disabled');
    else link.setAttribute('aria-disabled', 'true');
    const status = item?.dataset.status ?? 'todo';
    word.textContent = this.#words(`status-${!isOpen && status === 'todo' ? 'soon' : status}`);
  }

  /** The course as a whole, first in the outline, is there where it can be chosen. */
  openCourse(isOpen: boolean): void {
    const item = this.#outline?.querySelector<HTMLElement>('#player-course');
    if (item) item.hidden = !isOpen;
  }

  /** A message in place of the content. */
  panel(title: string | undefined, text: string, actions: readonly (Action | HTMLElement)[] = [], alert = false): void {
    this.clear();
    this.#panel = element(
      'div',
      { class: 'player-panel', role: alert ? 'alert' : 'status' },
      ...(title === undefined ? [] : [element('h2', { class: 'player-panel-title' }, title)]),
      element('p', { class: 'player-panel-text' }, text),
      element('div', { class: 'player-panel-actions' }, ...actions.map(made)),
    );
    this.stage.append(this.#panel);
  }

  /** A message beside the content, that covers nothing. */
  notice(text: string, actions: readonly Action[] = []): void {
    this.#notice?.remove();
    const notice = element(
      'div',
      { class: 'player-notice', role: 'status' },
      element('p', { class: 'player-notice-text' }, text),
      ...actions.map(made),
    );
    this.#notice = notice;
    this.stage.append(notice);
  }

  clear(): void {
    this.#panel?.remove();
    this.#notice?.remove();
    this.#panel = undefined;
    this.#notice = undefined;
  }

  #prepareFocus(): void {
    const focus = this.#focus;
    if (!focus) return;
    const set = (on: boolean) => {
      this.#root.dataset.focus = on ? 'on' : 'off';
      focus.setAttribute('aria-pressed', String(on));
      const label = focus.querySelector('span');
      if (label) label.textContent = this.#words(on ? 'focus-off' : 'focus-on');
    };
    focus.addEventListener('click', () => {
      const on = this.#root.dataset.focus !== 'on';
      set(on);
      // An iPhone has no full screen for elements: there the bars shrink, and that is all.
      if (on) void document.documentElement.requestFullscreen?.().catch(() => {});
      else if (document.fullscreenElement) void document.exitFullscreen();
    });
    document.addEventListener('fullscreenchange', () => {
      if (!document.fullscreenElement) set(false);
    });
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && this.#root.dataset.focus === 'on' && !document.fullscreenElement) set(false);
    });
  }
}

function made(action: Action | HTMLElement): HTMLElement {
  if (action instanceof HTMLElement) return action;
  return button(action.main ? 'player-button player-button-main' : 'player-button', action.label, action.act);
}

export function isModified(event: MouseEvent): boolean {
  return event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
}
