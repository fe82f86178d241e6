/**
 * Where the last launch of each registration sends its commits, and with which secret: kept on the application's origin, which
 * content cannot read, for as long as the frame may hold commits of it.
 */

import type { CommitAddress, CommitAddresses } from '../shared/protocol.ts';

const NAME = 'preau.launches';
/** Of more registrations with something unsent than this, the oldest wait for their next launch to adopt it. */
const MOST = 50;

interface Remembered {
  readonly registration: string;
  readonly launch: string;
  readonly to: CommitAddress;
}

export class Launches {
  readonly #storage: () => Storage;

  /** `storage` may throw: a browser can refuse it. */
  constructor(storage: () => Storage = () => window.localStorage) {
    this.#storage = storage;
  }

  /** Of every launch remembered, or of one registration's. */
  addresses(registration?: string): CommitAddresses {
    const all = this.#all().filter((one) => registration === undefined || one.registration === registration);
    return Object.fromEntries(all.map(({ launch, to }) => [launch, to]));
  }

  /** Whether this device may hold commits: of this registration, of others only, or none. */
  unsent(registration: string): 'own' | 'others' | 'none' {
    const all = this.#all();
    if (all.some((one) => one.registration === registration)) return 'own';
    return all.length > 0 ? 'others' : 'none';
  }

  /** A launch took the lease: what was remembered for its registration is good for nothing now. */
  remember(registration: string, launch: string, to: CommitAddress): void {
    const others = this.#all().filter((one) => one.registration !== registration);
    this.#keep([...others, { registration, launch, to }].slice(-MOST));
  }

  /** Everything of this launch is saved. */
  forget(launch: string): void {
    this.#keep(this.#all().filter((one) => one.launch !== launch));
  }

  #all(): Remembered[] {
    try {
      const found: unknown = JSON.parse(this.#storage().getItem(NAME) ?? '[]');
      return Array.isArray(found) ? (found as Remembered[]) : [];
    } catch {
      return [];
    }
  }

  #keep(all: readonly Remembered[]): void {
    try {
      if (all.length === 0) this.#storage().removeItem(NAME);
      else this.#storage().setItem(NAME, JSON.stringify(all));
    } catch {
      // What is unsent then waits for the next launch of its activity.
    }
  }
}
