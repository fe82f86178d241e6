/** Time that moves when a test says so. */

import type { Timers } from '../frame/queue.ts';

export class ManualTime implements Timers {
  #now = Date.UTC(2026, 10, 21, 9);
  #due: { at: number; run: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.#now + milliseconds, run };
    this.#due.push(timer);
    return () => {
      this.#due = this.#due.filter((other) => other !== timer);
    };
  }

  /** Moves on, running what falls due in order, and lets promises settle. */
  async pass(milliseconds: number): Promise<void> {
    const until = this.#now + milliseconds;
    for (;;) {
      await settled();
      const next = this.#due.filter((timer) => timer.at <= until).sort((left, right) => left.at - right.at)[0];
      if (!next) break;
      this.#due = this.#due.filter((timer) => timer !== next);
      this.#now = next.at;
      next.run();
    }
    this.#now = until;
    await settled();
  }
}

/** Every promise that can resolve without the outside world has resolved. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}
