/** The page's end of a window of its own for content: opens it, once; talks to the frame in it; notices when it goes. */

import type { ToFrame, ToPage } from '../shared/protocol.ts';
import { type After, type Channel, channelName, type FromSeat, type ToSeat, windowName } from '../shared/seat.ts';

/** A window that is loaded again says `gone` as well: it has this long to come back. */
const RELOADING = 10_000;
const WATCH = 1_000;
const READY_PATIENCE = 15_000;

/** The parts of a window that this uses. */
export interface Opened {
  readonly closed: boolean;
}

interface Surroundings {
  /** `window.open`. */
  open(url: string, name: string, features?: string): (Opened & { close(): void }) | null;
  channel(name: string): Channel;
  /** A new identifier. */
  id(): string;
  readonly after: After;
  /** Size of the screen, for a window that fills it. */
  readonly screen: { readonly availWidth: number; readonly availHeight: number };
}

interface Options {
  readonly registration: string;
  /** Of the page in the window. */
  readonly address: string;
  readonly around: Surroundings;
  /** The window is there, for the first time or loaded again: nothing plays in it. */
  seated(): void;
  heard(message: ToPage): void;
  /** The button in the window was pressed. */
  acted(): void;
  /** The learner closed the window; or it never answered (`silent`). */
  over(how: 'closed' | 'silent'): void;
}

type Watched = { readonly window: Opened; readonly channel: Channel; seat: string | undefined; cancel: () => void };

export class OwnWindow {
  readonly #options: Options;
  #watched: Watched | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Whether the window is there and listens. */
  get isSeated(): boolean {
    return this.#watched?.seat !== undefined;
  }

  /**
   * Opens the window, or takes over the one in which the activity before was played: that one is loaded anew, since a frame that
   * has had content is no place for what another activity is to be told. Answers false where the browser does not let it: it does
   * in the turn of a click.
   */
  open(): boolean {
    if (this.#watched) {
      this.show();
      return true;
    }
    const { around, registration, address } = this.#options;
    const id = around.id();
    // Listening before the window can speak.
    const channel = around.channel(channelName(id));
    const { availWidth, availHeight } = around.screen;
    const features = `popup,left=0,top=0,width=${availWidth},height=${availHeight}`;
    const window = around.open(`${address}?of=${id}`, windowName(registration), features);
    if (!window || window.closed) {
      channel.close();
      return false;
    }
    const watched: Watched = { window, channel, seat: undefined, cancel: () => {} };
    this.#watched = watched;
    channel.onmessage = (event) => this.#hear(watched, event.data as FromSeat);
    this.#expect(watched, READY_PATIENCE, 'silent');
    return true;
  }

  /** Brings the window to the front. Without an address nothing is loaded: a window of this name only comes forward. */
  show(): void {
    const { around, registration } = this.#options;
    const watched = this.#watched;
    if (!watched) return;
    if (watched.window.closed) {
      this.#over(watched, 'closed');
      return;
    }
    const found = around.open('', windowName(registration));
    if (found === watched.window) return;
    // What is in the window is not ours any more (content led the whole of it elsewhere), and the browser made an empty one.
    found?.close();
    this.#over(watched, 'closed');
  }

  say(message: ToFrame): void {
    this.#post({ type: 'frame', message });
  }

  tell(text: string, label?: string): void {
    this.#post({ type: 'tell', text, ...(label === undefined ? {} : { label }) });
  }

  state(text: string): void {
    this.#post({ type: 'state', text });
  }

  /** Closes the window, whose content is closed; nobody is told. */
  dismiss(): void {
    this.#post({ type: 'dismiss' });
    this.#forget();
  }

  /** This page goes away. The window closes its content by itself, and waits a little for a page that takes it over. */
  bye(): void {
    this.#post({ type: 'bye' });
  }

  #hear(watched: Watched, message: FromSeat): void {
    if (watched !== this.#watched) return;
    if (message.type === 'seated') {
      // The newest document is the one: the window was loaded again, or was doubled, and the other one gives way.
      watched.seat = message.seat;
      watched.cancel();
      this.#watch(watched);
      this.#options.seated();
    } else if (message.seat !== watched.seat) {
      return;
    } else if (message.type === 'heard') {
      this.#options.heard(message.message);
    } else if (message.type === 'acted') {
      this.#options.acted();
    } else {
      watched.seat = undefined;
      this.#expect(watched, RELOADING, 'closed');
    }
  }

  /** A window that is there is looked at now and then: one that is killed says nothing. */
  #watch(watched: Watched): void {
    watched.cancel = this.#options.around.after(WATCH, () => {
      if (watched.window.closed) this.#over(watched, 'closed');
      else this.#watch(watched);
    });
  }

  /** Waits until a document of the window says that it is there. */
  #expect(watched: Watched, patience: number, how: 'closed' | 'silent'): void {
    watched.cancel();
    const step = 250;
    watched.cancel = this.#options.around.after(step, () => {
      if (watched.window.closed) this.#over(watched, 'closed');
      else if (patience <= step) this.#over(watched, how);
      else this.#expect(watched, patience - step, how);
    });
  }

  #over(watched: Watched, how: 'closed' | 'silent'): void {
    if (watched !== this.#watched) return;
    this.#forget();
    this.#options.over(how);
  }

  #forget(): void {
    this.#watched?.cancel();
    this.#watched?.channel.close();
    this.#watched = undefined;
  }

  #post(message: ToSeat extends infer Each ? (Each extends { seat: string } ? Omit<Each, 'seat'> : never) : never): void {
    const { seat, channel } = this.#watched ?? {};
    if (seat !== undefined) channel?.postMessage({ seat, ...message } as ToSeat);
  }
}
