/** A server that applies commits as the real one promises to, and can be out of reach. */

import type { Entry, Log } from '../frame/log.ts';
import type { Answer, Commit } from '../frame/queue.ts';
import type { CommitAddress } from '../shared/protocol.ts';

export class FakeServer {
  reachable = true;
  lease = 1;
  /** The person is let in no longer. */
  shut = false;
  refuse: { over: boolean; code: string } | undefined;
  /** Every request that arrived, with whether the browser was to keep it alive. */
  readonly arrived: { commit: Commit; keepalive: boolean }[] = [];
  readonly values: Record<string, string> = {};
  #last = 0;
  #held: (() => void)[] | undefined;

  /** From now on answers wait for `release`. */
  hold(): void {
    this.#held = [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const answer of held) answer();
  }

  readonly send = async (commit: Commit, _to: CommitAddress, keepalive: boolean): Promise<Answer> => {
    if (!this.reachable) throw new TypeError('Failed to fetch');
    this.arrived.push({ commit, keepalive });
    const held = this.#held;
    if (held) await new Promise<void>((resolve) => held.push(resolve));
    if (this.shut) return { kind: 'shut' };
    if (this.refuse) return { kind: 'refused', ...this.refuse, detail: '' };
    if (commit.lease !== this.lease) return { kind: 'lost' };
    const applied = commit.sequence > this.#last;
    if (applied) {
      this.#last = commit.sequence;
      Object.assign(this.values, commit.set);
    }
    return { kind: 'ok', body: { sequence: commit.sequence, applied, progress: { completion: 'incomplete' } } };
  };
}

export class MemoryLog implements Log {
  entries: Entry[] = [];

  async put(entry: Entry): Promise<void> {
    this.entries = this.entries.filter((other) => other.launch !== entry.launch || other.sequence !== entry.sequence);
    this.entries.push(entry);
  }

  keep(entries: readonly Entry[]): void {
    for (const entry of entries) void this.put(entry);
  }

  async replace(old: readonly Entry[], entries: readonly Entry[]): Promise<void> {
    this.entries = [...this.entries.filter((entry) => !old.includes(entry)), ...entries];
  }

  async acknowledge(launch: string, sequence: number): Promise<void> {
    this.entries = this.entries.filter((entry) => entry.launch !== launch || entry.sequence > sequence);
  }

  async pending(): Promise<Entry[]> {
    return [...this.entries];
  }
}
