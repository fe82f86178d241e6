/** Tells the server what was played: in order, not too often, kept on the device while the server is out of reach. Pure but for what it is given. */

import type { Progress, SavedState, ValidRequests } from '../../shared/protocol.ts';
import type { Reply } from '../http.ts';
import type { Settings } from './controls.ts';
import type { Segment } from './segments.ts';

export type MediaEvent =
  | 'initialized'
  | 'played'
  | 'paused'
  | 'seeked'
  | 'completed'
  | 'terminated'
  | 'progressed'
  | 'interacted';

/** Where the medium is now. `played` holds everything played so far, so that a report can be sent twice or be missing. */
export interface Snapshot {
  readonly position: number;
  readonly duration: number;
  readonly played: readonly Segment[];
}

export interface Report extends Snapshot {
  readonly launch: string;
  readonly lease: number;
  readonly sequence: number;
  readonly event: MediaEvent;
  readonly length: number;
  readonly settings?: Settings;
}

export interface Told {
  readonly progress?: Progress;
  readonly valid_requests?: ValidRequests;
}

export interface ReporterSurroundings {
  readonly launch: string;
  readonly lease: number;
  readonly sequence: number;
  post(report: Report, keepalive: boolean): Promise<Reply<Told>>;
  after(milliseconds: number, run: () => void): () => void;
  keep(snapshot: Snapshot | undefined): void;
  state(state: SavedState): void;
  told(answer: Told): void;
}

const QUIET = 10_000;
const FIRST_DELAY = 1_000;
const LAST_DELAY = 60_000;
/** Reports kept in order while offline; of more, the passing ones are left out, since a later one holds what they held. */
const MOST = 50;

export class Reporter {
  readonly #around: ReporterSurroundings;
  #sequence: number;
  #waiting: Report[] = [];
  #inFlight = false;
  #isOver = false;
  #delay = 0;
  #cancelRetry: (() => void) | undefined;
  #cancelQuiet: (() => void) | undefined;
  #latest: Snapshot | undefined;
  #idle: ((saved: boolean) => void)[] = [];

  constructor(around: ReporterSurroundings) {
    this.#around = around;
    this.#sequence = around.sequence;
  }

  /** Something happened that the record should show. */
  event(event: MediaEvent, snapshot: Snapshot, settings?: Settings): void {
    if (this.#isOver) return;
    this.#stopQuiet();
    this.#sequence += 1;
    const { launch, lease } = this.#around;
    this.#waiting.push({
      launch,
      lease,
      sequence: this.#sequence,
      event,
      ...snapshot,
      length: snapshot.duration,
      ...(settings && { settings }),
    });
    if (this.#waiting.length > MOST)
      this.#waiting = this.#waiting.filter((report, place) => place === 0 || report.event !== 'progressed');
    this.#around.keep(snapshot);
    this.#pump();
  }

  /** Playing goes on: reported in a while if nothing else is. */
  playing(snapshot: Snapshot): void {
    if (this.#isOver) return;
    this.#latest = snapshot;
    this.#cancelQuiet ??= this.#around.after(QUIET, () => {
      this.#cancelQuiet = undefined;
      if (this.#latest) this.event('progressed', this.#latest);
    });
  }

  /** The page goes away: the last word goes by itself, and replaces what still waits. */
  leave(snapshot: Snapshot): void {
    if (this.#isOver) return;
    this.event('terminated', snapshot);
    const last = this.#waiting.at(-1);
    this.#isOver = true;
    if (last) void this.#around.post(last, true).then((reply) => this.#answered(last, reply));
  }

  /** Ends the launch; answers whether the server has everything. */
  async close(snapshot: Snapshot): Promise<boolean> {
    if (this.#isOver) return true;
    this.event('terminated', snapshot);
    this.#isOver = true;
    this.online();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  online(): void {
    if (!this.#cancelRetry) return;
    this.#cancelRetry();
    this.#cancelRetry = undefined;
    this.#pump();
  }

  #stopQuiet(): void {
    this.#cancelQuiet?.();
    this.#cancelQuiet = undefined;
  }

  #pump(): void {
    const [next] = this.#waiting;
    if (!next || this.#inFlight || this.#cancelRetry) return;
    this.#inFlight = true;
    if (this.#delay === 0) this.#around.state('saving');
    void this.#around.post(next, false).then((reply) => {
      this.#inFlight = false;
      this.#answered(next, reply);
      this.#pump();
    });
  }

  #answered(report: Report, reply: Reply<Told>): void {
    // Who is signed out, or let in no longer, may come back: what was played stays on the device until then.
    const isOut = reply.kind === 'problem' && reply.status === 401;
    if (isOut || reply.kind === 'offline' || (reply.kind === 'problem' && isPassing(reply.status))) {
      this.#delay = isOut ? LAST_DELAY : this.#delay === 0 ? FIRST_DELAY : Math.min(this.#delay * 2, LAST_DELAY);
      this.#cancelRetry = this.#around.after(this.#delay, () => {
        this.#cancelRetry = undefined;
        this.#pump();
      });
      this.#settle(isOut ? 'signed-out' : 'offline', false);
      return;
    }
    this.#delay = 0;
    if (reply.kind === 'problem' && reply.status === 409) {
      this.#isOver = true;
      this.#waiting = [];
      this.#stopQuiet();
      this.#around.keep(undefined);
      this.#settle('readonly', false);
      return;
    }
    this.#waiting = this.#waiting.filter((other) => other.sequence > report.sequence);
    if (reply.kind === 'ok') this.#around.told(reply.body);
    if (this.#waiting.length > 0) return;
    this.#around.keep(undefined);
    this.#settle(reply.kind === 'ok' ? 'saved' : 'failed', reply.kind === 'ok');
  }

  #settle(state: SavedState, saved: boolean): void {
    this.#around.state(state);
    for (const resolve of this.#idle.splice(0)) resolve(saved);
  }
}

function isPassing(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}
