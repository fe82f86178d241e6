/**
 * The log of commits on this device: written before a commit is sent, emptied when it is acknowledged, replayed at the next launch.
 *
 * It holds no secret: content of the same origin could read it.
 *
 * What is written while the page goes away has no turn of the event loop left to reach IndexedDB. It goes into the local storage,
 * which is written at once, and is brought into the log by the next frame before anything else.
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
  /** Keeps the last words of a launch before this returns: everything of it that is not acknowledged. */
  keep(entries: readonly Entry[]): void;
  /** Puts entries in the place of others, all or nothing. */
  replace(old: readonly Entry[], entries: readonly Entry[]): Promise<void>;
  /** Removes the commits of a launch up to and including `sequence`. */
  acknowledge(launch: string, sequence: number): Promise<void>;
  /** Everything not acknowledged, oldest first. */
  pending(): Promise<Entry[]>;
}

const NAME = 'preau-commits';
const STORE = 'commits';
/** Of the keys in the local storage; the launch follows. */
const LAST_WORDS = 'preau-commits:';

/** Opens the log; a log that keeps nothing where the browser refuses. */
export async function openLog(factory: IDBFactory | undefined, storage?: Storage): Promise<Log> {
  try {
    if (!factory) return nothingKept;
    const request = factory.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: ['launch', 'sequence'] });
    return new IndexedLog(await answer(request), storage);
  } catch {
    return nothingKept;
  }
}

class IndexedLog implements Log {
  readonly #database: IDBDatabase;
  readonly #storage: Storage | undefined;

  constructor(database: IDBDatabase, storage: Storage | undefined) {
    this.#database = database;
    this.#storage = storage;
    // A later version of the frame in another tab must be able to upgrade.
    database.onversionchange = () => database.close();
  }

  async put(entry: Entry): Promise<void> {
    await this.#write((store) => store.put(entry));
  }

  keep(entries: readonly Entry[]): void {
    const [first] = entries;
    if (first) this.#lastWords(first.launch, entries);
  }

  async replace(old: readonly Entry[], entries: readonly Entry[]): Promise<void> {
    await this.#write((store) => {
      for (const { launch, sequence } of old) store.delete([launch, sequence]);
      for (const entry of entries) store.put(entry);
    });
  }

  async acknowledge(launch: string, sequence: number): Promise<void> {
    const said = this.#said(LAST_WORDS + launch);
    if (said.length > 0)
      this.#lastWords(
        launch,
        said.filter((entry) => entry.sequence > sequence),
      );
    await this.#write((store) => store.delete(IDBKeyRange.bound([launch, 0], [launch, sequence])));
  }

  async pending(): Promise<Entry[]> {
    await this.#bringIn();
    const entries = await answer<Entry[]>(this.#database.transaction(STORE).objectStore(STORE).getAll());
    return entries.sort((left, right) => left.at - right.at || left.sequence - right.sequence);
  }

  /** What earlier frames said last becomes part of the log. */
  async #bringIn(): Promise<void> {
    if (!this.#storage) return;
    const keys = Object.keys(this.#storage).filter((key) => key.startsWith(LAST_WORDS));
    if (keys.length === 0) return;
    await this.#write((store) => {
      for (const entry of keys.flatMap((key) => this.#said(key))) store.put(entry);
    });
    for (const key of keys) this.#storage.removeItem(key);
  }

  #lastWords(launch: string, entries: readonly Entry[]): void {
    try {
      if (entries.length > 0) this.#storage?.setItem(LAST_WORDS + launch, JSON.stringify(entries));
      else this.#storage?.removeItem(LAST_WORDS + launch);
    } catch {
      // Full, or refused: what reaches IndexedDB or the server is what there is.
    }
  }

  /** Content of the same origin may have written there too: what is no entry is left out. */
  #said(key: string): Entry[] {
    try {
      const said: unknown = JSON.parse(this.#storage?.getItem(key) ?? '[]');
      return Array.isArray(said) ? said.filter(isEntry) : [];
    } catch {
      return [];
    }
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

function isEntry(value: unknown): value is Entry {
  const entry = value as Partial<Entry> | null;
  return typeof entry?.launch === 'string' && typeof entry.sequence === 'number' && typeof entry.commit === 'object';
}

const nothingKept: Log = {
  put: async () => {},
  keep: () => {},
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
