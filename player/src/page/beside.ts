/** What the player page is while the content has a window of its own: where that is opened from, and found again. */

import type { SavedState, ToPage } from '../shared/protocol.ts';
import { after } from '../shared/seat.ts';
import type { Action, Chrome } from './chrome.ts';
import type { Config, Words } from './config.ts';
import type { Frames } from './frames.ts';
import { newId } from './new-id.ts';
import { OwnWindow } from './own-window.ts';

interface Options {
  readonly config: Config;
  readonly words: Words;
  readonly chrome: Chrome;
  readonly frames: Frames;
  /** Something is on its way. */
  loading(): void;
  /** The window is there: the activity can be launched. */
  seated(): void;
  /** The window is gone. */
  over(how: 'closed' | 'silent'): void;
  /** The learner wants to go on from a window that shows nothing any more. */
  goOn(): void;
  finish(): void;
  /** The activity is opened on this page after all. */
  here(): void;
}

export class Beside {
  readonly #options: Options;
  readonly #own: OwnWindow;

  constructor(options: Options) {
    this.#options = options;
    const { config, frames } = options;
    let hear: (message: ToPage) => void = () => {};
    const own = new OwnWindow({
      registration: config.registration,
      address: config.urls.window,
      around: {
        open: (url, name, features) => window.open(url, name, features),
        channel: (name) => new BroadcastChannel(name),
        id: newId,
        after,
        screen,
      },
      seated: options.seated,
      heard: (message) => hear(message),
      acted: options.goOn,
      over: options.over,
    });
    this.#own = own;
    frames.elsewhere((heard) => {
      hear = heard;
      return (message) => own.say(message);
    });
    window.addEventListener('pagehide', () => own.bye());
  }

  get isSeated(): boolean {
    return this.#own.isSeated;
  }

  /** The window of the activity before is taken over, or the button waits: unasked, most browsers open none. */
  begin(): boolean {
    const isOpen = this.#own.open();
    if (isOpen) this.#options.loading();
    else this.offer();
    return isOpen;
  }

  /** In the turn of a click. */
  open(): void {
    const { loading, words, here } = this.#options;
    if (this.#own.open()) loading();
    else this.#offer('window-blocked', 'own-window-open', [{ label: words('window-here'), act: here }]);
  }

  offer(): void {
    this.#offer('own-window-text', 'own-window-open');
  }

  /** The learner closed the window: as far as they know, they left. */
  offerAgain(back: Action): void {
    this.#offer('window-closed', 'window-resume', [back]);
  }

  /** The content plays in its window. */
  playing(): void {
    const { chrome, config, words, finish } = this.#options;
    chrome.panel(config.activity.title, words('window-beside'), [
      { label: words('window-show'), main: true, act: () => this.#own.show() },
      { label: words('window-finish'), act: finish },
    ]);
  }

  saved(state: SavedState): void {
    // Who plays there looks at that window, not at this page.
    this.#own.state(state === 'saved' || state === 'saving' ? '' : this.#options.words(state));
  }

  tell(text: string, label?: string): void {
    this.#own.tell(text, label);
  }

  dismiss(): void {
    this.#own.dismiss();
  }

  #offer(text: string, label: string, others: readonly Action[] = []): void {
    const { chrome, config, words } = this.#options;
    chrome.phase('ended');
    const open: Action = { label: words(label), main: true, act: () => this.open() };
    chrome.panel(config.activity.title, words(text), [open, ...others]);
  }
}
