/** How long a page was in front of its reader: the time it stood behind another tab is not counted. */
export class Looked {
  #since: number | undefined;
  #sum = 0;

  constructor(now: number, isVisible: boolean) {
    if (isVisible) this.#since = now;
  }

  /** The page comes to the front, or goes behind. */
  turn(now: number, isVisible: boolean): void {
    if (this.#since !== undefined) this.#sum += now - this.#since;
    this.#since = isVisible ? now : undefined;
  }

  /** Seconds so far, to the tenth. */
  seconds(now: number): number {
    const running = this.#since === undefined ? 0 : now - this.#since;
    return Math.round((this.#sum + running) / 100) / 10;
  }
}
