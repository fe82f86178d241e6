/** What an earlier launch could not send goes to the server before a new launch takes the lease. */

import type { CommitAddresses, Progress, ValidRequests } from '../shared/protocol.ts';
import type { Entry, Log } from './log.ts';
import type { Send } from './queue.ts';

export interface Replayed {
  readonly replayed: number;
  /** Still only on this device: the server was not reached, or lets the person in no longer. */
  readonly kept: number;
}

/** Where a commit led that was taken now: the page that waits for it shows more than what it was rendered with. */
export interface Led {
  readonly activity: number;
  readonly progress: Progress;
  readonly valid_requests?: ValidRequests | undefined;
}

/**
 * Sends the kept commits that `wanted` picks, oldest first, each under the lease it was made with and to the address that the page
 * knows for its launch. Those of a launch that the page knows nothing of stay for the next launch of their activity to adopt.
 */
export async function replay(
  log: Log,
  send: Send,
  addresses: CommitAddresses,
  wanted: (entry: Entry) => boolean,
  led: (where: Led) => void = () => {},
): Promise<Replayed> {
  const entries = (await log.pending().catch(() => [])).filter((entry) => addresses[entry.launch] && wanted(entry));
  let replayed = 0;
  const over = new Set<string>();
  for (const [position, entry] of entries.entries()) {
    const to = addresses[entry.launch];
    if (!to || over.has(entry.launch)) continue;
    // Asked again: an activity may have been opened meanwhile.
    if (!wanted(entry)) break;
    const answer = await send(entry.commit, to, false).catch(() => ({ kind: 'again' }) as const);
    if (answer.kind === 'again' || answer.kind === 'shut')
      return { replayed, kept: entries.slice(position).filter((later) => !over.has(later.launch)).length };
    if (answer.kind === 'ok') {
      replayed += 1;
      const { progress, valid_requests } = answer.body;
      if (progress) led({ activity: entry.activity, progress, valid_requests });
      await log.acknowledge(entry.launch, entry.sequence);
    } else if (answer.kind === 'refused' && !answer.over) {
      await log.acknowledge(entry.launch, entry.sequence);
    } else {
      // Somebody else continued since, or the launch is over: these values are older than what the server has.
      over.add(entry.launch);
      await log.acknowledge(entry.launch, Number.MAX_SAFE_INTEGER);
    }
  }
  return { replayed, kept: 0 };
}
