import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { beforeAll, describe, expect, it } from 'vitest';
import { FakeServer } from '../testing/server.ts';
import { type Entry, openLog } from './log.ts';
import { replay } from './replay.ts';

beforeAll(() => {
  globalThis.IDBKeyRange = IDBKeyRange;
});

function entry(launch: string, sequence: number, set: Record<string, string> = {}, more: Partial<Entry> = {}): Entry {
  const commit = { lease: 1, sequence, set, terminate: false, nav_request: null };
  return { launch, sequence, registration: 'r1', activity: 1, at: 1_000, commit, ...more };
}

/** As a browser's: its keys are its own properties. */
class FakeStorage implements Storage {
  [name: string]: unknown;
  get length() {
    return Object.keys(this).length;
  }
  key(at: number) {
    return Object.keys(this)[at] ?? null;
  }
  getItem(key: string) {
    return (this[key] as string | undefined) ?? null;
  }
  setItem(key: string, value: string) {
    this[key] = value;
  }
  removeItem(key: string) {
    delete this[key];
  }
  clear() {
    for (const key of Object.keys(this)) delete this[key];
  }
}

describe('the log of commits', () => {
  it('gives back what was not acknowledged, oldest first, after the page was closed', async () => {
    const factory = new IDBFactory();
    const log = await openLog(factory);
    await log.put(entry('new', 1, {}, { at: 2_000 }));
    await log.put(entry('old', 2));
    await log.put(entry('old', 1));
    await log.put(entry('old', 3));
    await log.acknowledge('old', 1);
    const again = await openLog(factory);
    expect((await again.pending()).map(({ launch, sequence }) => [launch, sequence])).toEqual([
      ['old', 2],
      ['old', 3],
      ['new', 1],
    ]);
  });

  it('holds one entry for a number, the last written', async () => {
    const log = await openLog(new IDBFactory());
    await log.put(entry('l', 1, { a: '1' }));
    await log.put(entry('l', 1, { a: '2' }));
    expect((await log.pending()).map(({ commit }) => commit.set)).toEqual([{ a: '2' }]);
  });

  it('keeps the last words of a page at once, and brings them in with the next frame', async () => {
    const [factory, storage] = [new IDBFactory(), new FakeStorage()];
    const log = await openLog(factory, storage);
    log.keep([entry('l', 4, { a: 'é'.repeat(64_000) }), entry('l', 5)]);
    log.keep([entry('m', 1)]);
    await log.acknowledge('l', 4);
    storage.setItem('preau-commits:content', '[{"launch":7},null]');
    storage.setItem('preau-commits:broken', '{');
    storage.setItem('of-content', 'x');
    const next = await openLog(factory, storage);
    expect((await next.pending()).map(({ launch, sequence }) => [launch, sequence])).toEqual([
      ['m', 1],
      ['l', 5],
    ]);
    expect(Object.keys(storage)).toEqual(['of-content']);
    await next.acknowledge('l', 5);
    await next.acknowledge('m', 1);
    expect(await next.pending()).toEqual([]);
  });

  it('plays on where the local storage is full', async () => {
    const full = new FakeStorage();
    full.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    const log = await openLog(new IDBFactory(), full);
    log.keep([entry('l', 1)]);
    expect(await log.pending()).toEqual([]);
  });

  it('puts entries in the place of others in one step', async () => {
    const log = await openLog(new IDBFactory());
    await log.put(entry('old', 1));
    await log.put(entry('old', 2));
    const old = await log.pending();
    await log.replace(old, [entry('new', 1), entry('new', 2)]);
    expect((await log.pending()).map(({ launch, sequence }) => [launch, sequence])).toEqual([
      ['new', 1],
      ['new', 2],
    ]);
  });

  it('keeps nothing, and fails nothing, where the browser refuses storage', async () => {
    const refusing = {
      open: () => {
        throw new DOMException('denied', 'SecurityError');
      },
    } as unknown as IDBFactory;
    for (const log of [await openLog(undefined), await openLog(refusing)]) {
      await log.put(entry('l', 1));
      await log.replace([], [entry('l', 2)]);
      await log.acknowledge('l', 1);
      expect(await log.pending()).toEqual([]);
    }
  });
});

describe('replay', () => {
  const everything = () => true;
  const to = { url: '/commit', secret: 's' };
  const addresses = { l: to, other: to };

  it('sends what was kept, in order, and empties the log', async () => {
    const server = new FakeServer();
    const log = await openLog(new IDBFactory());
    await log.put(entry('l', 2, { a: '2' }));
    await log.put(entry('l', 1, { a: '1', b: '1' }));
    expect(await replay(log, server.send, addresses, everything)).toEqual({ replayed: 2, kept: 0 });
    expect(server.values).toEqual({ a: '2', b: '1' });
    expect(await log.pending()).toEqual([]);
  });

  it('tells where what was taken led, each for its activity', async () => {
    const server = new FakeServer();
    const log = await openLog(new IDBFactory());
    await log.put({ ...entry('l', 1, { a: '1' }), activity: 4 });
    const led: unknown[] = [];
    await replay(log, server.send, addresses, everything, (where) => led.push(where));
    expect(led).toEqual([{ activity: 4, progress: { completion: 'incomplete' } }]);
    server.reachable = false;
    await log.put(entry('l', 2));
    await replay(log, server.send, addresses, everything, (where) => led.push(where));
    expect(led).toHaveLength(1);
  });

  it('sends time and end as they were, with the secret that the page knows', async () => {
    const log = await openLog(new IDBFactory());
    const commit = { lease: 4, sequence: 2, set: {}, session_time: 'PT9M', terminate: true, exit: 'normal', nav_request: null };
    await log.put(entry('l', 2, {}, { commit }));
    const sent: unknown[] = [];
    const send: FakeServer['send'] = async (...request) => {
      sent.push(request);
      return { kind: 'ok', body: {} };
    };
    await replay(log, send, addresses, everything);
    expect(sent).toEqual([[commit, to, false]]);
  });

  it('leaves what the page knows no address for to the next launch', async () => {
    const server = new FakeServer();
    const log = await openLog(new IDBFactory());
    await log.put(entry('l', 1));
    expect(await replay(log, server.send, {}, everything)).toEqual({ replayed: 0, kept: 0 });
    expect(server.arrived).toEqual([]);
    expect(await log.pending()).toHaveLength(1);
  });

  it('stops when it is no longer wanted', async () => {
    const server = new FakeServer();
    const log = await openLog(new IDBFactory());
    await log.put(entry('l', 1));
    await log.put(entry('l', 2));
    await replay(log, server.send, addresses, () => server.arrived.length === 0);
    expect(server.arrived).toHaveLength(1);
    expect(await log.pending()).toHaveLength(1);
  });

  it('leaves other registrations alone', async () => {
    const server = new FakeServer();
    const log = await openLog(new IDBFactory());
    await log.put(entry('l', 1));
    await log.put(entry('other', 1, {}, { registration: 'r2' }));
    await replay(log, server.send, addresses, (kept) => kept.registration === 'r1');
    expect((await log.pending()).map(({ launch }) => launch)).toEqual(['other']);
  });

  it('keeps everything while the server is out of reach', async () => {
    const server = new FakeServer();
    server.reachable = false;
    const log = await openLog(new IDBFactory());
    await log.put(entry('l', 1));
    await log.put(entry('l', 2));
    expect(await replay(log, server.send, addresses, everything)).toEqual({ replayed: 0, kept: 2 });
    expect(await log.pending()).toHaveLength(2);
  });

  it('keeps everything while the person is not let in', async () => {
    const server = new FakeServer();
    server.shut = true;
    const log = await openLog(new IDBFactory());
    await log.put(entry('l', 1, { a: '1' }));
    expect(await replay(log, server.send, addresses, everything)).toEqual({ replayed: 0, kept: 1 });
    server.shut = false;
    expect(await replay(log, server.send, addresses, everything)).toEqual({ replayed: 1, kept: 0 });
    expect(server.values).toEqual({ a: '1' });
  });

  it('gives up a launch that somebody else continued since', async () => {
    const server = new FakeServer();
    server.lease = 2;
    const log = await openLog(new IDBFactory());
    await log.put(entry('l', 1));
    await log.put(entry('l', 2));
    expect(await replay(log, server.send, addresses, everything)).toEqual({ replayed: 0, kept: 0 });
    expect(server.arrived).toHaveLength(1);
    expect(await log.pending()).toEqual([]);
  });

  it('gives up only the one commit whose value the server does not take', async () => {
    const server = new FakeServer();
    const log = await openLog(new IDBFactory());
    await log.put(entry('l', 1, { a: 'bad' }));
    await log.put(entry('l', 2, { b: 'good' }));
    const send: typeof server.send = async (commit, address, keepalive) =>
      commit.sequence === 1
        ? { kind: 'refused', over: false, code: 'value-invalid', detail: '' }
        : server.send(commit, address, keepalive);
    expect(await replay(log, send, addresses, everything)).toEqual({ replayed: 1, kept: 0 });
    expect(server.values).toEqual({ b: 'good' });
    expect(await log.pending()).toEqual([]);
  });
});
