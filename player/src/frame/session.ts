/** One opened activity: its API object, its inner frame, and the moments at which its values leave for the server. */

import type { Launch, PlainRuntime, ScormRuntime, ToPage } from '../shared/protocol.ts';
import { api12, api2004, ScormApi } from './api.ts';
import type { Log } from './log.ts';
import { DataModel } from './model.ts';
import { type Change, CommitQueue, merge, type Send, type Timers } from './queue.ts';
import { tableOf } from './table.ts';

/** The parts of the browser a session touches, so that a test can stand in for them. */
export interface Stage {
  /** Puts `API` or `API_1484_11` where content looks for it; `found` is called whenever it does. */
  expose(name: string, api: object, found: () => void): void;
  withdraw(name: string): void;
  show(url: string, title: string, loaded: () => void): void;
  /** Says `beforeunload` to the content: whatever it does, it is removed next. */
  farewell(): void;
  /** Removes the content; its unload handlers have run when this returns. */
  remove(): void;
}

export interface Surroundings {
  readonly stage: Stage;
  readonly log: Log;
  readonly send: Send;
  readonly timers: Timers;
  /** Launches whose commits were taken over since the frame was loaded. */
  readonly adopted: Set<string>;
  post(message: ToPage): void;
}

/** A change waits this long for more changes, and never longer than the second figure. */
const QUIET = 5_000;
const LONGEST = 30_000;

/** A request that cmi5 or xAPI content made with its last click is cancelled when the content is removed: this lets it through. */
const GRACE = 300;

const NAMES = {
  scorm12: { object: 'API', exit: 'cmi.core.exit', session: 'cmi.core.session_time' },
  scorm2004: { object: 'API_1484_11', exit: 'cmi.exit', session: 'cmi.session_time' },
} as const;

export class Session {
  readonly #launch: Launch<ScormRuntime | PlainRuntime>;
  readonly #registration: string;
  readonly #around: Surroundings;
  readonly #scorm: Scorm | undefined;
  #closing: Promise<boolean> | undefined;

  constructor(launch: Launch<ScormRuntime | PlainRuntime>, registration: string, around: Surroundings) {
    this.#launch = launch;
    this.#registration = registration;
    this.#around = around;
    if (launch.runtime.kind === 'scorm12' || launch.runtime.kind === 'scorm2004') {
      this.#scorm = new Scorm(launch as Launch<ScormRuntime>, registration, around);
    }
  }

  async open(): Promise<void> {
    const { runtime, activity } = this.#launch;
    const isSettled = await this.#scorm?.adopt();
    if (this.#closing) return;
    if (isSettled) {
      this.#around.post({ type: 'relaunch' });
      return;
    }
    this.#scorm?.expose();
    this.#around.stage.show(runtime.content_url, activity.title, () => {
      this.#scorm?.shown();
      this.#around.post({ type: 'opened' });
    });
  }

  get registration(): string {
    return this.#registration;
  }

  /** Removes the content and answers whether everything it said reached the server. */
  close(): Promise<boolean> {
    // Known to be closing before the content hears of it: its handlers run within.
    this.#closing ??= Promise.resolve().then(() => this.#close());
    return this.#closing;
  }

  /** The content went to the page for content that has left: nothing of it stays. */
  async left(): Promise<void> {
    // Content may leave because it is being closed: then somebody already knows where to go.
    if (this.#closing) return;
    await this.close();
    this.#around.post({ type: 'terminated', removed: true });
  }

  async #close(): Promise<boolean> {
    const { kind } = this.#launch.runtime;
    if (this.#scorm) this.#scorm.closing = true;
    this.#around.stage.farewell();
    if (kind === 'cmi5' || kind === 'tincan') {
      await new Promise<void>((resolve) => this.#around.timers.after(GRACE, resolve));
    }
    this.#around.stage.remove();
    if (!this.#scorm) return true;
    return this.#scorm.end();
  }

  /** The page is hidden: on a phone it may never come back. */
  hidden(): void {
    this.#scorm?.flush(true);
  }

  /** The page goes away: the last turn of the event loop. The browser said `beforeunload` itself. */
  leave(): void {
    if (this.#scorm) this.#scorm.closing = true;
    this.#around.stage.remove();
    this.#scorm?.leave();
  }

  online(): void {
    this.#scorm?.online();
  }
}

class Scorm {
  closing = false;
  readonly #launch: Launch<ScormRuntime>;
  readonly #registration: string;
  readonly #around: Surroundings;
  readonly #model: DataModel;
  readonly #api: ScormApi;
  readonly #queue: CommitQueue;
  #ended = false;
  #isCommitDue = false;
  #isFound = false;
  #shownAt: number | undefined;
  #sessionTime: string | undefined;
  #cancelQuiet: (() => void) | undefined;
  #cancelLongest: (() => void) | undefined;

  constructor(launch: Launch<ScormRuntime>, registration: string, around: Surroundings) {
    const { runtime } = launch;
    this.#launch = launch;
    this.#registration = registration;
    this.#around = around;
    this.#model = new DataModel(tableOf(runtime.kind, runtime.edition), {
      elements: runtime.elements,
      access: runtime.access,
      tolerance: runtime.tolerance,
    });
    if (runtime.valid_requests) this.#model.allow(runtime.valid_requests);
    this.#api = new ScormApi(this.#model, {
      changed: () => this.#changed(),
      commit: () => this.#committed(),
      terminate: () => this.#terminated(),
      // Its time counts from here: what was told of the session before is added by the server.
      reopened: () => this.#model.forget(NAMES[runtime.kind].session),
    });
    this.#queue = new CommitQueue(
      {
        launch: launch.launch,
        registration,
        activity: launch.activity.index,
        to: { url: launch.commit_url, secret: launch.secret },
        lease: launch.lease,
        sequence: runtime.sequence,
      },
      around.send,
      around.log,
      around.timers,
      {
        state: (state) => around.post({ type: 'saved', state, at: new Date(around.timers.now()).toISOString() }),
        acknowledged: (answer) => {
          if (answer.valid_requests) this.#model.allow(answer.valid_requests);
          if (answer.progress)
            around.post({ type: 'progress', progress: answer.progress, valid_requests: answer.valid_requests });
        },
        refused: (code, detail) => around.post({ type: 'error', code, detail }),
      },
    );
  }

  /**
   * Takes over what an earlier launch of this activity left on the device, as the first commit of this one: its values, its time
   * and how it ended. Answers whether that is saved. The activity is then to be launched again: it may be over, and the server
   * knows what a session that begins now is to be told.
   */
  async adopt(): Promise<boolean> {
    if (!this.#isRecorded) return false;
    const { launch, activity } = this.#launch;
    const { log, adopted } = this.#around;
    const entries = await log.pending().catch(() => []);
    const mine = entries.filter(
      (entry) =>
        entry.registration === this.#registration &&
        entry.activity === activity.index &&
        entry.launch !== launch &&
        // A log that cannot be written would have it taken over for ever.
        !adopted.has(entry.launch),
    );
    // One session at a time: the times of two are to be added, and only the server does that.
    const left = mine.filter((entry) => entry.launch === mine[0]?.launch);
    if (!left[0]) return false;
    adopted.add(left[0].launch);
    const whole = merge(left.map((entry) => entry.commit));
    // That session is over, also if nobody said so; where it wanted to go no longer matters.
    this.#queue.adopt(left, { ...whole, terminate: true, exit: whole.exit ?? 'suspend', nav_request: null });
    if (await this.#queue.idle()) return true;
    // The server does not take it now. The learner goes on with these values all the same.
    if (this.#queue.state === 'offline') {
      this.#model.restore(whole.set);
      this.#model.takeChanges();
    }
    return false;
  }

  expose(): void {
    const { kind } = this.#launch.runtime;
    const api = kind === 'scorm12' ? api12(this.#api) : api2004(this.#api);
    this.#around.stage.expose(NAMES[kind].object, api, () => {
      this.#isFound = true;
    });
  }

  /** The content is there, with everything its page asks for. */
  shown(): void {
    this.#shownAt = this.#around.timers.now();
  }

  flush(keepalive: boolean): void {
    this.#stopWaiting();
    const change = this.#change(false);
    if (change && this.#isRecorded) this.#queue.push(change, keepalive);
  }

  async end(): Promise<boolean> {
    this.#stopWaiting();
    if (!this.#isRecorded) return true;
    const change = this.#lastChange();
    if (change) this.#queue.push(change, true);
    const saved = await this.#queue.idle();
    this.#around.stage.withdraw(NAMES[this.#launch.runtime.kind].object);
    return saved;
  }

  leave(): void {
    this.#stopWaiting();
    if (this.#isRecorded) this.#queue.leave(this.#lastChange());
  }

  online(): void {
    this.#queue.online();
  }

  /** A preview or a review leaves no record. */
  get #isRecorded(): boolean {
    return this.#launch.mode === 'normal';
  }

  #changed(): void {
    if (!this.#isRecorded) return;
    const { timers } = this.#around;
    this.#cancelQuiet?.();
    this.#cancelQuiet = timers.after(QUIET, () => this.flush(false));
    this.#cancelLongest ??= timers.after(LONGEST, () => this.flush(false));
  }

  /** The content's own turn is not spent on the log and the network; several commits of one turn leave as one. */
  #committed(): void {
    if (this.#isCommitDue) return;
    this.#isCommitDue = true;
    queueMicrotask(() => {
      this.#isCommitDue = false;
      if (!this.#ended) this.flush(this.closing);
    });
  }

  #stopWaiting(): void {
    this.#cancelQuiet?.();
    this.#cancelLongest?.();
    this.#cancelQuiet = undefined;
    this.#cancelLongest = undefined;
  }

  #terminated(): void {
    this.#stopWaiting();
    // It may open its session again, and is there until the learner leaves it.
    const mayReopen = this.#model.bears('initialize-again');
    this.#ended = !mayReopen;
    const change = this.#change(true);
    if (change && this.#isRecorded) this.#queue.push(change, this.closing);
    if (mayReopen) return;
    // While the page closes the content it already knows where it is going; SN 4.3 gives that request precedence.
    if (this.closing) return;
    const [request, target] = splitRequest(this.#request());
    this.#around.post(request ? { type: 'navigate', request, target } : { type: 'terminated' });
  }

  /** Content that never terminates is terminated for, and resumes next time unless it chose another exit. */
  #lastChange(): Change | undefined {
    if (this.#ended) return undefined;
    this.#ended = true;
    if (this.#api.phase === 'before' && !this.#model.isDirty) return this.#silence();
    if (this.#api.phase === 'after') return undefined;
    const change = this.#change(true);
    return change && { ...change, exit: change.exit || 'suspend' };
  }

  /** Content that was there and never looked for an API knows none: that it was left is all there is to tell. */
  #silence(): Change | undefined {
    if (this.#shownAt === undefined || this.#isFound) return undefined;
    const seconds = Math.max(0, Math.round((this.#around.timers.now() - this.#shownAt) / 1_000));
    const session_time = writeTime(this.#launch.runtime.kind, seconds);
    return { set: {}, session_time, terminate: true, exit: '', nav_request: null, silent: true };
  }

  #change(terminate: boolean): Change | undefined {
    const { exit, session } = NAMES[this.#launch.runtime.kind];
    const set = this.#model.takeChanges();
    const sessionTime = this.#model.peek(session);
    const isNew = Object.keys(set).length > 0 || sessionTime !== this.#sessionTime;
    if (!isNew && !terminate) return undefined;
    this.#sessionTime = sessionTime;
    return {
      set,
      session_time: sessionTime,
      terminate,
      exit: terminate ? (this.#model.peek(exit) ?? '') : undefined,
      nav_request: terminate && !this.closing ? this.#request() : null,
    };
  }

  /** `{target=page-2}choice` travels as `choice:page-2`. SN 5.6.4.1. */
  #request(): string | null {
    const request = this.#model.peek('adl.nav.request');
    if (request === undefined || request === '_none_' || request === '') return null;
    const targeted = /^\{target=(.*)\}(choice|jump)$/.exec(request);
    return targeted ? `${targeted[2]}:${targeted[1]}` : request;
  }
}

/** A time as each version writes it (1.2 3.4.2.1 CMITimespan; 2004 RTE 4.1.1.7 timeinterval). */
function writeTime(kind: ScormRuntime['kind'], seconds: number): string {
  if (kind === 'scorm2004') return `PT${seconds}S`;
  const two = (number: number) => String(number).padStart(2, '0');
  const hours = Math.min(9_999, Math.floor(seconds / 3_600));
  return `${String(hours).padStart(4, '0')}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

function splitRequest(request: string | null): [string | null, string | null] {
  if (request === null) return [null, null];
  const colon = request.indexOf(':');
  return colon < 0 ? [request, null] : [request.slice(0, colon), request.slice(colon + 1)];
}
