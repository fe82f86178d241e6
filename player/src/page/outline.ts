/** The outline as data: what comes before and after, what is allowed, what a status is. Pure. */

import type { Progress, ValidRequests } from '../shared/protocol.ts';
import type { OutlineEntry, Status } from './config.ts';

export interface Allowed {
  readonly previous: boolean;
  readonly next: boolean;
}

/** What the two buttons may do. The server decides where it says so; otherwise the order of the outline. What is hidden may nothing. */
export function allowed(
  outline: readonly OutlineEntry[],
  current: number,
  requests: ValidRequests | undefined,
  hidden: readonly string[] = [],
): Allowed {
  const steps = outline.filter((entry) => entry.launchable);
  const place = steps.findIndex((entry) => entry.index === current);
  return {
    previous: !hidden.includes('previous') && (requests?.previous ?? place > 0),
    next: !hidden.includes('continue') && (requests?.continue ?? (place >= 0 && place < steps.length - 1)),
  };
}

/**
 * Whether the learner may choose an entry now. Where the server says nothing of an activity, asking it is how to know; a group can
 * be chosen where the server says so.
 */
export function isOpen(entry: OutlineEntry, requests: ValidRequests | undefined): boolean {
  if (!entry.launchable) return isWholeOpen(entry.identifier, requests);
  return entry.identifier === undefined || requests?.choice?.[entry.identifier] !== false;
}

/** Whether an entry is content for the launch frame; the others are played or shown by a page itself. */
export function isFramed(entry: OutlineEntry): boolean {
  return ['sco', 'asset', 'au', 'tincan'].includes(entry.kind);
}

/** Whether a group of activities, or the course as a whole, can be chosen: the rules then lead to one of its activities. */
export function isWholeOpen(identifier: string | undefined, requests: ValidRequests | undefined): boolean {
  return identifier !== undefined && requests?.choice?.[identifier] === true;
}

/** The status a learner reads from what the server says of an activity. */
export function statusOf(progress: Progress): Status {
  if (progress.success === 'failed') return 'failed';
  if (progress.completion === 'completed' || progress.success === 'passed') return 'done';
  // Somebody is in it: it is under way even when the content says nothing of itself.
  return 'doing';
}

/** The outline with a new status for one entry. */
export function withStatus(outline: readonly OutlineEntry[], index: number, status: Status): OutlineEntry[] {
  return outline.map((entry) => (entry.index === index ? { ...entry, status } : entry));
}

/** Whether the course has an activity of this name: content may want to go where the outline shows nothing. */
export function isNamed(target: string, outline: readonly OutlineEntry[], requests: ValidRequests | undefined): boolean {
  const named = [requests?.choice, requests?.jump].some((known) => known !== undefined && Object.hasOwn(known, target));
  return named || outline.some((entry) => entry.identifier === target);
}
