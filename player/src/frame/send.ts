/** One commit request. */

import type { CommitAddress } from '../shared/protocol.ts';
import type { Acknowledged, Answer, Commit } from './queue.ts';

const PATIENCE = 20_000;

export async function send(commit: Commit, to: CommitAddress, keepalive: boolean): Promise<Answer> {
  const response = await fetch(to.url, {
    method: 'POST',
    headers: { Authorization: `Bearer ${to.secret}`, 'Content-Type': 'application/json', Accept: 'application/json' },
    body: JSON.stringify(commit),
    credentials: 'omit',
    cache: 'no-store',
    keepalive,
    // A request that outlives its page has nobody to wait for it.
    ...(keepalive ? {} : { signal: AbortSignal.timeout(PATIENCE) }),
  });
  const body: unknown = await response.json().catch(() => ({}));
  return read(response.status, body);
}

/** What an HTTP answer means for the queue. */
export function read(status: number, body: unknown): Answer {
  if (status >= 200 && status < 300) return { kind: 'ok', body: (body ?? {}) as Acknowledged };
  const problem = (body ?? {}) as { code?: unknown; detail?: unknown; title?: unknown };
  const code = typeof problem.code === 'string' ? problem.code : `http-${status}`;
  if (status === 409 && code === 'lease-lost') return { kind: 'lost' };
  if (status === 403 && code === 'person-disabled') return { kind: 'shut' };
  if (status === 408 || status === 425 || status === 429 || status >= 500) return { kind: 'again' };
  const detail = typeof problem.detail === 'string' ? problem.detail : typeof problem.title === 'string' ? problem.title : '';
  // A value the server does not take says nothing about the next commit; an ended or unknown launch does.
  return { kind: 'refused', over: status !== 400 && status !== 413 && status !== 422, code, detail };
}
