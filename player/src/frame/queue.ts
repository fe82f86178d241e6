/**
 * The way of commits to the server: one at a time, in order, never lost, never older after newer. Pure but for what it is given.
 */

import type { CommitAddress, Progress, SavedState, ValidRequests } from '../shared/protocol.ts';
import type { Entry, Log } from './log.ts';

/** What happened since the commit before. */
export interface Change {
  readonly set: Readonly<Record<string, string>>;
  readonly session_time?: string | undefined;
  readonly terminate: boolean;
  readonly exit?: string | undefined;
  readonly nav_request: string | null;
  /** The content was there, was left, and never looked for an API. */
  readonly silent?: true | undefined;
}

/** The body of a commit request. */
export interface Commit extends Change {
  readonly lease: number;
  readonly sequence: number;
}

export interface Acknowledged {
  readonly sequence?: number;
  readonly applied?: boolean;
  readonly progress?: Progress;
  readonly valid_requests?: ValidRequests;
}

export type Answer =
  | { readonly kind: 'ok'; readonly body: Acknowledged }
  /** Another tab or device holds the lease now. */
  | { readonly kind: 'lost' }
  /** Not reached, or busy: to be sent again. */
  | { readonly kind: 'again' }
  /** The person is no longer let in. That may change: what they did is kept, and sent when they are let in again. */
  | { readonly kind: 'shut' }
  /** The server will never take it; with `over` it will take nothing more of this launch. */
  | { readonly kind: 'refused'; readonly over: boolean; readonly code: string; readonly detail: string };

export type Send = (commit: Commit, to: CommitAddress, keepalive: boolean) => Promise<Answer>;

export interface Timers {
  /** Runs later; the answer cancels. */
  after(milliseconds: number, run: () => void): () => void;
  now(): number;
}

export interface Launched {
  readonly launch: string;
  readonly registration: string;
  readonly activity: number;
  readonly to: CommitAddress;
  readonly lease: number;
  readonly sequence: number;
}

export interface Listener {
  state(state: SavedState): void;
  acknowledged(answer: Acknowledged): void;
  refused(code: string, detail: string): void;
}

/** Browsers allow 64 KiB of keepalive bodies in flight together; headers and other requests need some. */
export const KEEPALIVE_BYTES = 60 * 1024;
/** Room for what a request adds to its change: lease, number. */
const PIECE_BYTES = KEEPALIVE_BYTES - 512;
const FIRST_DELAY = 1_000;
const LAST_DELAY = 60_000;
const LOG_PATIENCE = 1_000;

interface Waiting {
  entry: Entry;
  attempts: number;
  keepalive: boolean;
  logged: Promise<void>;
}

export class CommitQueue {
  readonly #launched: Launched;
  readonly #send: Send;
  readonly #log: Log;
  readonly #timers: Timers;
  readonly #listener: Listener;
  #sequence: number;
  #waiting: Waiting[] = [];
  #inFlight = false;
  #keepaliveBytes = 0;
  #left = false;
  #state: SavedState = 'saved';
  #delay = 0;
  #cancelRetry: (() => void) | undefined;
  #idle: ((everythingSaved: boolean) => void)[] = [];

  constructor(launched: Launched, send: Send, log: Log, timers: Timers, listener: Listener) {
    this.#launched = launched;
    this.#send = send;
    this.#log = log;
    this.#timers = timers;
    this.#listener = listener;
    this.#sequence = launched.sequence;
  }

  get state(): SavedState {
    return this.#state;
  }

  /** Takes a change to send. `keepalive` when the page may be going away. */
  push(change: Change, keepalive = false): void {
    if (this.#state === 'readonly') return;
    const last = this.#waiting.at(-1);
    // One that was never tried can still grow: a course that commits at every click makes few requests on a slow line.
    if (last && last.attempts === 0 && !last.entry.commit.terminate) {
      const merged = merge([last.entry.commit, change]);
      if (bytes(merged) <= PIECE_BYTES) {
        last.entry = { ...last.entry, commit: { ...last.entry.commit, ...merged } };
        last.keepalive ||= keepalive;
        last.logged = this.#log.put(last.entry).catch(() => {});
        this.#pump();
        return;
      }
    }
    for (const piece of pieces(change, PIECE_BYTES)) this.#waiting.push(this.#wait(piece, keepalive));
    this.#pump();
  }

  /**
   * Takes over the commits of an earlier launch as one of this launch. In the log they change hands in one step, so that at no
   * moment none or both are there, and leave it when the server has acknowledged the commit that carries them.
   */
  adopt(left: readonly Entry[], change: Change): void {
    const entries = pieces(change, PIECE_BYTES).map((piece) => this.#entry(piece));
    const logged = this.#log.replace(left, entries).catch(() => {});
    for (const entry of entries) this.#waiting.push({ entry, attempts: 0, keepalive: false, logged });
    this.#pump();
  }

  /**
   * The page goes away: everything unacknowledged goes again as one commit, so that nothing depends on a request that the
   * browser may drop or on two arriving in order. What exceeds the browser's limit stays on the device.
   */
  leave(change: Change | undefined): void {
    this.#left = true;
    this.#cancelRetry?.();
    if (this.#state === 'readonly') return;
    const changes = this.#waiting.map((waiting): Change => waiting.entry.commit);
    if (change) changes.push(change);
    if (changes.length === 0) return;
    this.#waiting = pieces(merge(changes), PIECE_BYTES).map((piece) => this.#wait(piece, true));
    this.#log.keep(this.#waiting.map((waiting) => waiting.entry));
    const [first] = this.#waiting;
    if (first && bytes(first.entry.commit) + this.#keepaliveBytes <= KEEPALIVE_BYTES) void this.#deliver(first);
  }

  /** The connection is back: no need to wait for the next try. */
  online(): void {
    if (!this.#cancelRetry) return;
    this.#cancelRetry();
    this.#cancelRetry = undefined;
    this.#pump();
  }

  /** Answers true when everything is acknowledged, false as soon as it is clear that it will not be now. */
  idle(): Promise<boolean> {
    if (this.#waiting.length === 0) return Promise.resolve(this.#state !== 'readonly' && this.#state !== 'failed');
    this.online();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #wait(change: Change, keepalive: boolean): Waiting {
    const entry = this.#entry(change);
    return { entry, attempts: 0, keepalive, logged: this.#log.put(entry).catch(() => {}) };
  }

  #entry(change: Change): Entry {
    this.#sequence += 1;
    const { launch, registration, activity, lease } = this.#launched;
    const commit: Commit = { lease, sequence: this.#sequence, ...change };
    return { launch, registration, activity, at: this.#timers.now(), sequence: this.#sequence, commit };
  }

  #pump(): void {
    const [next] = this.#waiting;
    if (!next || this.#inFlight || this.#left || this.#cancelRetry) return;
    this.#inFlight = true;
    if (this.#state !== 'offline' && this.#state !== 'shut') this.#tell('saving');
    void this.#deliver(next).finally(() => {
      this.#inFlight = false;
      this.#pump();
    });
  }

  async #deliver(waiting: Waiting): Promise<void> {
    if (!this.#left) await this.#loggedOrLate(waiting.logged);
    const size = bytes(waiting.entry.commit);
    const keepalive = (this.#left || waiting.keepalive) && size + this.#keepaliveBytes <= KEEPALIVE_BYTES;
    waiting.attempts += 1;
    if (keepalive) this.#keepaliveBytes += size;
    const answer = await this.#send(waiting.entry.commit, this.#launched.to, keepalive).catch((): Answer => ({ kind: 'again' }));
    if (keepalive) this.#keepaliveBytes -= size;
    await this.#answered(waiting, answer);
  }

  async #answered(waiting: Waiting, answer: Answer): Promise<void> {
    const { launch, sequence } = waiting.entry;
    switch (answer.kind) {
      case 'ok':
        this.#delay = 0;
        this.#waiting = this.#waiting.filter((other) => other.entry.sequence > sequence);
        await this.#log.acknowledge(launch, sequence).catch(() => {});
        this.#listener.acknowledged(answer.body);
        if (this.#waiting.length === 0) this.#settle('saved', true);
        return;
      case 'lost':
        this.#waiting = [];
        await this.#log.acknowledge(launch, this.#sequence).catch(() => {});
        this.#settle('readonly', false);
        return;
      case 'refused':
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        await this.#log.acknowledge(launch, sequence).catch(() => {});
        this.#listener.refused(answer.code, answer.detail);
        if (this.#waiting.length === 0) this.#settle('failed', false);
        return;
      case 'shut':
        if (!this.#left) this.#later(LAST_DELAY, 'shut');
        return;
      case 'again':
        if (!this.#left) this.#later(this.#delay === 0 ? FIRST_DELAY : Math.min(this.#delay * 2, LAST_DELAY), 'offline');
    }
  }

  #later(delay: number, state: 'shut' | 'offline'): void {
    this.#delay = delay;
    this.#cancelRetry = this.#timers.after(delay, () => {
      this.#cancelRetry = undefined;
      this.#pump();
    });
    this.#settle(state, false);
  }

  #loggedOrLate(logged: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#timers.after(LOG_PATIENCE, resolve);
      void logged.then(() => {
        cancel();
        resolve();
      });
    });
  }

  #settle(state: SavedState, saved: boolean): void {
    this.#tell(state);
    for (const resolve of this.#idle.splice(0)) resolve(saved);
  }

  #tell(state: SavedState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#listener.state(state);
  }
}

/** Several changes as one: later values win, an end stays an end. */
export function merge(changes: readonly Change[]): Change {
  const set: Record<string, string> = {};
  let session_time: string | undefined;
  let terminate = false;
  let exit: string | undefined;
  let nav_request: string | null = null;
  for (const change of changes) {
    Object.assign(set, change.set);
    session_time = change.session_time ?? session_time;
    terminate ||= change.terminate;
    exit = change.exit ?? exit;
    nav_request = change.nav_request ?? nav_request;
  }
  const silent = changes.every((change) => change.silent) || undefined;
  return compact({ set, session_time, terminate, exit, nav_request, silent });
}

/** A change cut between elements into pieces that fit; a single element larger than that is a piece of its own. */
export function pieces(change: Change, limit: number): Change[] {
  if (bytes(change) <= limit) return [compact(change)];
  const cut: Record<string, string>[] = [];
  let current: Record<string, string> = {};
  // Room for the members beside `set`.
  let size = 1_024;
  for (const [name, value] of Object.entries(change.set)) {
    const own = bytes(name) + bytes(value) + 2;
    if (size + own > limit && Object.keys(current).length > 0) {
      cut.push(current);
      current = {};
      size = 1_024;
    }
    current[name] = value;
    size += own;
  }
  const early = cut.map((set): Change => ({ set, terminate: false, nav_request: null }));
  return [...early, compact({ ...change, set: current })];
}

function compact(change: Change): Change {
  const { set, session_time, terminate, exit, nav_request, silent } = change;
  return {
    set,
    ...(session_time === undefined ? {} : { session_time }),
    terminate,
    ...(exit === undefined ? {} : { exit }),
    nav_request,
    ...(silent === undefined ? {} : { silent }),
  };
}

const encoder = new TextEncoder();

function bytes(value: unknown): number {
  return encoder.encode(JSON.stringify(value)).length;
}
