/** The outline as data: what comes before and after, what is allowed, what a status is. Pure. */

import type { Progress, ValidRequests } from '../shared/protocol.ts';
import type { OutlineEntry, Status } from './config.ts';

export interface Allowed {
  readonly previous: boolean;
  readonly next: boolean;
}

/** What the two buttons may do. The server decides where it says so; otherwise the order of the outline. */
export function allowed(outline: readonly OutlineEntry[], current: number, requests: ValidRequests | undefined): Allowed {
  const steps = outline.filter((entry) => entry.launchable);
  const place = steps.findIndex((entry) => entry.index === current);
  return {
    previous: requests?.previous ?? place > 0,
    next: requests?.continue ?? (place >= 0 && place < steps.length - 1),
  };
}

/** Whether the learner may choose an entry now. Where the server says nothing, asking it is how to know. */
export function isOpen(entry: OutlineEntry, requests: ValidRequests | undefined): boolean {
  return entry.identifier === undefined || requests?.choice?.[entry.identifier] !== false;
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

/** Where content wants to go: by the identifier of its manifest, or by our index. */
export function targetOf(outline: readonly OutlineEntry[], target: string): number | undefined {
  const byIdentifier = outline.find((entry) => entry.identifier === target);
  if (byIdentifier) return byIdentifier.index;
  return /^\d+$/.test(target) ? outline.find((entry) => entry.index === Number(target))?.index : undefined;
}
