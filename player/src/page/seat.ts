/** A window of its own for content, seen from inside: carries messages between the player page and the frame, and ends with either. */

import type { ToFrame, ToPage } from '../shared/protocol.ts';
import type { After, Channel, FromSeat, ToSeat } from '../shared/seat.ts';

/** A player page that is loaded again, or goes on to the next activity, takes the window over within this time. */
const GRACE = 5_000;
/** The last commit has this long. What was not sent by then is kept on the device. */
const PATIENCE = 20_000;
/** Numbers of `close` begin at 1 at the page: this is nobody's. */
const OWN_CLOSE = 0;

export interface View {
  /** Content is shown: nothing else is. */
  run(title: string): void;
  /** Words in place of the content, none for those it began with; with a button. */
  wait(text?: string, label?: string): void;
  state(text: string): void;
  /** Closes the window; where the browser does not, it says that it can be closed. */
  close(): void;
}

interface Surroundings {
  readonly channel: Channel;
  readonly view: View;
  readonly after: After;
  say(message: ToFrame): void;
}

export class Seat {
  readonly #id: string;
  readonly #around: Surroundings;
  #isMine = false;
  #closed: (() => void) | undefined;

  constructor(id: string, around: Surroundings) {
    this.#id = id;
    this.#around = around;
    around.channel.onmessage = (event) => this.#told(event.data as ToSeat);
    this.#post({ type: 'seated' });
  }

  /** From the frame. */
  heard(message: ToPage): void {
    if (message.type === 'closed' && message.id === OWN_CLOSE) {
      this.#closed?.();
      return;
    }
    if (message.type === 'closed' || (message.type === 'terminated' && message.removed)) this.#around.view.wait();
    this.#post({ type: 'heard', message });
  }

  acted(): void {
    this.#around.view.wait();
    this.#post({ type: 'acted' });
  }

  /** The window goes away. Its frame says its last words by itself. */
  gone(): void {
    this.#post({ type: 'gone' });
  }

  #told(message: ToSeat): void {
    const { view } = this.#around;
    if (message.seat !== this.#id) {
      // The page talks to another document of this window's name: one launch has one window.
      if (this.#isMine) void this.#end(0);
      return;
    }
    this.#isMine = true;
    switch (message.type) {
      case 'frame':
        if (message.message.type === 'open') view.run(message.message.launch.activity.title);
        this.#around.say(message.message);
        return;
      case 'tell':
        view.wait(message.text, message.label);
        return;
      case 'state':
        view.state(message.text);
        return;
      case 'dismiss':
        view.close();
        return;
      case 'bye':
        void this.#end(GRACE);
    }
  }

  /** Nobody leads this window any more: the content is closed at once, and the window when all is saved. */
  async #end(grace: number): Promise<void> {
    const { view } = this.#around;
    this.#isMine = false;
    view.wait();
    const saved = new Promise<void>((resolve) => {
      this.#closed = resolve;
      this.#around.after(PATIENCE, resolve);
    });
    this.#around.say({ type: 'close', id: OWN_CLOSE });
    await Promise.all([saved, new Promise<void>((resolve) => this.#around.after(grace, resolve))]);
    view.close();
  }

  #post(message: FromSeat extends infer Each ? (Each extends { seat: string } ? Omit<Each, 'seat'> : never) : never): void {
    this.#around.channel.postMessage({ seat: this.#id, ...message } as FromSeat);
  }
}
