/**
 * The log of commits on this device: written before a commit is sent, emptied when it is acknowledged, replayed at the next launch.
 *
 * It holds no secret: content of the same origin could read it.
 *
 * A browser may refuse IndexedDB (private windows, full disk): the log then keeps nothing and playing goes on.
 */

import type { Commit } from './queue.ts';

export interface Entry {
  readonly launch: string;
  readonly sequence: number;
  readonly registration: string;
  readonly activity: number;
  /** Milliseconds since the epoch, for the order between launches. */
  readonly at: number;
  readonly commit: Commit;
}

export interface Log {
  put(entry: Entry): Promise<void>;
  /** Puts entries in the place of others, all or nothing. */
  replace(old: readonly Entry[], entries: readonly Entry[]): Promise<void>;
  /** Removes the commits of a launch up to and including `sequence`. */
  acknowledge(launch: string, sequence: number): Promise<void>;
  /** Everything not acknowledged, oldest first. */
  pending(): Promise<Entry[]>;
}

const NAME = 'preau-commits';
const STORE = 'commits';

/** Opens the log; a log that keeps nothing where the browser refuses. */
export async function openLog(factory: IDBFactory | undefined): Promise<Log> {
  try {
    if (!factory) return nothingKept;
    const request = factory.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: ['launch', 'sequence'] });
    return new IndexedLog(await answer(request));
  } catch {
    return nothingKept;
  }
}

class IndexedLog implements Log {
  readonly #database: IDBDatabase;

  constructor(database: IDBDatabase) {
    this.#database = database;
    // A later version of the frame in another tab must be able to upgrade.
    database.onversionchange = () => database.close();
  }

  async put(entry: Entry): Promise<void> {
    await this.#write((store) => store.put(entry));
  }

  async replace(old: readonly Entry[], entries: readonly Entry[]): Promise<void> {
    await this.#write((store) => {
      for (const { launch, sequence } of old) store.delete([launch, sequence]);
      for (const entry of entries) store.put(entry);
    });
  }

  async acknowledge(launch: string, sequence: number): Promise<void> {
    await this.#write((store) => store.delete(IDBKeyRange.bound([launch, 0], [launch, sequence])));
  }

  async pending(): Promise<Entry[]> {
    const entries = await answer<Entry[]>(this.#database.transaction(STORE).objectStore(STORE).getAll());
    return entries.sort((left, right) => left.at - right.at || left.sequence - right.sequence);
  }

  async #write(act: (store: IDBObjectStore) => void): Promise<void> {
    const transaction = this.#database.transaction(STORE, 'readwrite');
    act(transaction.objectStore(STORE));
    const done = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
    // Without this the transaction waits for a turn of the event loop that a page going away does not get.
    transaction.commit();
    await done;
  }
}

const nothingKept: Log = {
  put: async () => {},
  replace: async () => {},
  acknowledge: async () => {},
  pending: async () => [],
};

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
