/** Tells the server how long content was in front of its learner, where that completes its activity. */

import type { Progress } from '../shared/protocol.ts';
import type { After } from '../shared/seat.ts';
import type { Reply } from './http.ts';
import { Looked } from './looked.ts';

/** So often; what is told is the time since the launch, so that a message that is lost is made up for by the next one. */
const EVERY = 15_000;

interface Options {
  readonly launch: string;
  /** Whether the content is in sight now. */
  readonly isVisible: boolean;
  /** Milliseconds of a clock that nobody sets. */
  now(): number;
  readonly after: After;
  post(told: { launch: string; seconds: number }, keepalive: boolean): Promise<Reply<{ progress: Progress }>>;
  completed(progress: Progress): void;
}

export class Spent {
  readonly #options: Options;
  readonly #looked: Looked;
  #cancel: () => void = () => {};
  #isOver = false;

  constructor(options: Options) {
    this.#options = options;
    this.#looked = new Looked(options.now(), options.isVisible);
    this.#wait();
  }

  /** The content comes to the front, or goes behind. */
  turn(isVisible: boolean): void {
    this.#looked.turn(this.#options.now(), isVisible);
  }

  /** The content is left, or the page with it goes away. */
  async close(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancel();
    await this.#tell(true);
  }

  #wait(): void {
    this.#cancel = this.#options.after(EVERY, () => {
      void this.#tell(false).then((goesOn) => {
        if (goesOn && !this.#isOver) this.#wait();
      });
    });
  }

  /** Answers whether there is more to tell: not once the activity is completed, nor where another tab plays it. */
  async #tell(keepalive: boolean): Promise<boolean> {
    const { launch, now, post, completed } = this.#options;
    const reply = await post({ launch, seconds: this.#looked.seconds(now()) }, keepalive);
    if (reply.kind === 'offline') return true;
    if (reply.kind === 'problem') return reply.status >= 500;
    if (reply.body.progress.completion !== 'completed') return true;
    this.#isOver = true;
    completed(reply.body.progress);
    return false;
  }
}
