/** Where the learner stands in the course, as the page shows it: the outline with its statuses, and what the two buttons may do. */

import type { Progress, ValidRequests } from '../shared/protocol.ts';
import type { Chrome } from './chrome.ts';
import type { Config, OutlineEntry } from './config.ts';
import { type Allowed, allowed, isNamed, isOpen, isWholeOpen, statusOf, withStatus } from './outline.ts';

export class Standing {
  readonly #config: Config;
  readonly #chrome: Chrome;
  #outline: OutlineEntry[];
  #requests: ValidRequests | undefined;
  /** The activity was left as if it had not been opened, and nothing followed: the learner chooses. */
  #isWaiting = false;

  constructor(config: Config, chrome: Chrome) {
    this.#config = config;
    this.#chrome = chrome;
    this.#outline = config.outline;
  }

  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  get isDone(): boolean {
    return this.entry(this.#config.activity.index)?.status === 'done';
  }

  get allowed(): Allowed {
    const hidden = this.#isWaiting ? [] : this.#config.hidden;
    return allowed(this.#outline, this.#config.activity.index, this.#requests, hidden);
  }

  entry(index: number | undefined): OutlineEntry | undefined {
    return this.#outline.find((entry) => entry.index === index);
  }

  isOpen(entry: OutlineEntry): boolean {
    return isOpen(entry, this.#requests);
  }

  /** Whether the course has something of this name. */
  isNamed(target: string): boolean {
    return target === this.#config.course.identifier || isNamed(target, this.#outline, this.#requests);
  }

  /** The activity is launched. */
  launched(requests: ValidRequests | undefined): void {
    this.#requests = requests;
    this.show();
    this.#mark({});
  }

  progressed(progress: Progress, requests: ValidRequests | undefined): void {
    if (requests) this.#requests = requests;
    this.#mark(progress);
    this.show();
  }

  /** Nothing is open, and the course goes on: the outline and the buttons say where to. */
  wait(requests: ValidRequests): void {
    this.#isWaiting = true;
    this.#requests = requests;
    this.#chrome.leftCurrent();
    this.show();
  }

  show(): void {
    this.#chrome.allow(this.allowed);
    for (const entry of this.#outline) this.#chrome.open(entry.index, this.isOpen(entry));
    this.#chrome.openCourse(isWholeOpen(this.#config.course.identifier, this.#requests));
  }

  /** The status of the open activity in the outline; what is done stays done while it is seen again. */
  #mark(progress: Progress): void {
    if (this.#config.mode !== 'normal') return;
    const { index } = this.#config.activity;
    const isFirstSight = progress.completion === undefined && progress.success === undefined;
    if (isFirstSight && this.entry(index)?.status !== 'todo') return;
    const status = statusOf(progress);
    this.#outline = withStatus(this.#outline, index, status);
    this.#chrome.status(index, status);
  }
}
