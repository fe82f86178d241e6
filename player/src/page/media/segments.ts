/** Which parts of a medium were really played. Pure. */

export type Segment = [from: number, to: number];

/** Positions closer than this belong together: players report time in steps. */
const GAP = 0.5;
/** A step further than this while playing is a jump, however fast it plays and however rarely the browser reports. */
const JUMP = 12;

export class Played {
  #segments: Segment[];
  #open: Segment | undefined;

  constructor(initial: readonly Segment[] = []) {
    this.#segments = merged(initial);
  }

  begin(position: number): void {
    this.end();
    this.#open = [position, position];
  }

  /** Playing has reached `position`. */
  reach(position: number): void {
    if (!this.#open) return;
    if (position < this.#open[1] - GAP || position > this.#open[1] + JUMP) this.begin(position);
    else this.#open[1] = Math.max(this.#open[1], position);
  }

  /** Playing paused, or jumps away: what was reached stays. */
  end(): void {
    if (this.#open && this.#open[1] > this.#open[0]) this.#segments = merged([...this.#segments, this.#open]);
    this.#open = undefined;
  }

  list(): Segment[] {
    return merged(this.#open ? [...this.#segments, this.#open] : this.#segments).map(([from, to]) => [
      rounded(from),
      rounded(to),
    ]);
  }

  /** Share of `length` that was played, 0 to 1. */
  share(length: number): number {
    if (!(length > 0)) return 0;
    const seconds = this.list().reduce((sum, [from, to]) => sum + to - from, 0);
    return Math.min(1, seconds / length);
  }
}

/** Segments in order, those that touch or overlap as one. */
export function merged(segments: readonly Segment[]): Segment[] {
  const result: Segment[] = [];
  const ordered = segments.filter(([from, to]) => to > from).sort((left, right) => left[0] - right[0]);
  for (const [from, to] of ordered) {
    const last = result.at(-1);
    if (last && from <= last[1] + GAP) last[1] = Math.max(last[1], to);
    else result.push([from, to]);
  }
  return result;
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1_000) / 1_000;
}

/** `2:05`, `1:02:05`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(Number.isFinite(seconds) ? seconds : 0));
  const hours = Math.floor(whole / 3_600);
  const minutes = Math.floor((whole % 3_600) / 60);
  const rest = String(whole % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}
