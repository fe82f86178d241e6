/** What an earlier launch could not send goes to the server before a new launch takes the lease. */

import type { Entry, Log } from './log.ts';
import type { Send } from './queue.ts';

export interface Replayed {
  readonly replayed: number;
  /** Still only on this device: the server was not reached. */
  readonly kept: number;
}

/** Sends the kept commits that `wanted` picks, oldest first, each under the lease it was made with. */
export async function replay(log: Log, send: Send, wanted: (entry: Entry) => boolean): Promise<Replayed> {
  const entries = (await log.pending().catch(() => [])).filter(wanted);
  let replayed = 0;
  const over = new Set<string>();
  for (const [position, entry] of entries.entries()) {
    if (over.has(entry.launch)) continue;
    const answer = await send(entry, false).catch(() => ({ kind: 'again' }) as const);
    if (answer.kind === 'again')
      return { replayed, kept: entries.slice(position).filter((later) => !over.has(later.launch)).length };
    if (answer.kind === 'ok') {
      replayed += 1;
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
