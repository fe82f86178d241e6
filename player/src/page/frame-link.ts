/** The page's end of the conversation with the launch frame. */

import {
  type CommitAddresses,
  type Launch,
  type PlainRuntime,
  received,
  type ScormRuntime,
  sealed,
  type ToFrame,
  type ToPage,
} from '../shared/protocol.ts';

const READY_PATIENCE = 15_000;
const CLOSE_PATIENCE = 25_000;

/** How messages reach the launch frame, the one on this page or the one in a window of its own, and how its own are heard. */
export type Line = (hear: (message: ToPage) => void) => (message: ToFrame) => void;

/** To a frame of this document. It may still be loading: only the one message that says nothing goes to whatever is there. */
export function sayTo(frame: HTMLIFrameElement, origin: string, message: ToFrame): void {
  frame.contentWindow?.postMessage(sealed(message), message.type === 'hello' ? '*' : origin);
}

/** The line to a frame of this page. */
export function framed(frame: HTMLIFrameElement, origin: string): Line {
  return (hear) => {
    window.addEventListener('message', (event) => {
      const message = received<ToPage>(event, frame.contentWindow, origin);
      if (message) hear(message);
    });
    return (message) => sayTo(frame, origin, message);
  };
}

export class FrameLink {
  readonly #say: (message: ToFrame) => void;
  readonly #registration: string;
  readonly #addresses: (registration?: string) => CommitAddresses;
  readonly #heard: (message: ToPage) => void;
  #ready: ((kept: number | undefined) => void)[] = [];
  readonly #closing = new Map<number, (ok: boolean) => void>();
  #lastClose = 0;
  #hasOpened = false;

  constructor(
    line: Line,
    registration: string,
    addresses: (registration?: string) => CommitAddresses,
    heard: (message: ToPage) => void,
  ) {
    this.#registration = registration;
    this.#addresses = addresses;
    this.#heard = heard;
    this.#say = line((message) => this.#hear(message));
  }

  /**
   * Waits for the frame to have replayed what this device kept. Answers how many commits are still kept, or nothing when the
   * frame does not answer.
   */
  ready(): Promise<number | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(undefined), READY_PATIENCE);
      this.#ready.push((kept) => {
        clearTimeout(timer);
        resolve(kept);
      });
      // The frame may have loaded before this script did, and its `ready` be missed. If it is still loading this goes unheard.
      this.#say({ type: 'hello' });
    });
  }

  open(launch: Launch<ScormRuntime | PlainRuntime>): void {
    this.#hasOpened = true;
    this.#say({ type: 'open', launch, registration: this.#registration });
  }

  /** Closes the content; answers whether all it said is saved. */
  close(): Promise<boolean> {
    this.#lastClose += 1;
    const id = this.#lastClose;
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), CLOSE_PATIENCE);
      this.#closing.set(id, (ok) => {
        clearTimeout(timer);
        resolve(ok);
      });
      this.#say({ type: 'close', id });
    });
  }

  /** The frame is gone with its window: nobody waits for its answers. */
  gone(): void {
    this.#ready = [];
    for (const resolve of this.#closing.values()) resolve(false);
    this.#closing.clear();
  }

  #hear(message: ToPage): void {
    if (message.type === 'ready') {
      if (message.kept !== undefined) for (const resolve of this.#ready.splice(0)) resolve(message.kept);
      else if (this.#ready.length > 0) this.#ping();
      return;
    }
    if (message.type === 'closed') {
      this.#closing.get(message.id)?.(message.ok);
      this.#closing.delete(message.id);
      return;
    }
    this.#heard(message);
  }

  #ping(): void {
    const registration = this.#registration;
    // A frame that has had content is no place for the secrets of other registrations: content shares its origin.
    const addresses = this.#hasOpened ? this.#addresses(registration) : this.#addresses();
    this.#say({ type: 'ping', registration, addresses });
  }
}
