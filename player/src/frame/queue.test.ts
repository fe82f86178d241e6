import { beforeEach, describe, expect, it } from 'vitest';
import type { SavedState } from '../shared/protocol.ts';
import { FakeServer, MemoryLog } from '../testing/server.ts';
import { ManualTime, settled } from '../testing/time.ts';
import { type Change, CommitQueue, KEEPALIVE_BYTES, merge, pieces } from './queue.ts';

const change = (set: Record<string, string>, more: Partial<Change> = {}): Change => ({
  set,
  terminate: false,
  nav_request: null,
  ...more,
});

describe('the commit queue', () => {
  let server: FakeServer;
  let log: MemoryLog;
  let time: ManualTime;
  let states: SavedState[];
  let refusals: string[];
  let queue: CommitQueue;

  beforeEach(() => {
    server = new FakeServer();
    log = new MemoryLog();
    time = new ManualTime();
    states = [];
    refusals = [];
    queue = new CommitQueue(
      { launch: 'l1', registration: 'r1', activity: 2, to: { url: '/commit', secret: 's' }, lease: 1, sequence: 0 },
      server.send,
      log,
      time,
      { state: (state) => states.push(state), acknowledged: () => {}, refused: (code) => refusals.push(code) },
    );
  });

  it('sends a change, counts from one, and empties the log', async () => {
    queue.push(change({ 'cmi.location': 'p1' }, { session_time: 'PT1M' }));
    await settled();
    expect(server.arrived).toEqual([
      {
        commit: {
          lease: 1,
          sequence: 1,
          set: { 'cmi.location': 'p1' },
          session_time: 'PT1M',
          terminate: false,
          nav_request: null,
        },
        keepalive: false,
      },
    ]);
    expect(states).toEqual(['saving', 'saved']);
    expect(log.entries).toEqual([]);
    expect(await queue.idle()).toBe(true);
  });

  it('writes to the log before it sends', async () => {
    server.hold();
    queue.push(change({ a: '1' }));
    await settled();
    expect(log.entries).toMatchObject([
      { launch: 'l1', sequence: 1, registration: 'r1', activity: 2, commit: { set: { a: '1' } } },
    ]);
    expect(JSON.stringify(log.entries)).not.toContain('secret');
  });

  it('has one request under way, and gathers what comes meanwhile', async () => {
    server.hold();
    queue.push(change({ a: '1' }));
    await settled();
    queue.push(change({ b: '2' }));
    queue.push(change({ b: '3', c: '4' }));
    await settled();
    expect(server.arrived).toHaveLength(1);
    server.release();
    await settled();
    expect(server.arrived.map(({ commit }) => [commit.sequence, commit.set])).toEqual([
      [1, { a: '1' }],
      [2, { b: '3', c: '4' }],
    ]);
  });

  it('never changes what was tried under a number', async () => {
    server.reachable = false;
    queue.push(change({ a: '1' }));
    await settled();
    queue.push(change({ a: '2' }));
    server.reachable = true;
    await time.pass(1_000);
    expect(server.arrived.map(({ commit }) => [commit.sequence, commit.set])).toEqual([
      [1, { a: '1' }],
      [2, { a: '2' }],
    ]);
  });

  it('tries again after growing delays, and says that it keeps everything meanwhile', async () => {
    server.reachable = false;
    queue.push(change({ a: '1' }));
    await settled();
    expect(states).toEqual(['saving', 'offline']);
    await time.pass(1_000 + 2_000 + 4_000);
    expect(log.entries).toHaveLength(1);
    server.reachable = true;
    await time.pass(7_999);
    expect(server.arrived).toHaveLength(0);
    await time.pass(1);
    expect(server.arrived).toHaveLength(1);
    expect(states).toEqual(['saving', 'offline', 'saved']);
    expect(log.entries).toEqual([]);
  });

  it('does not wait when the browser is online again', async () => {
    server.reachable = false;
    queue.push(change({ a: '1' }));
    await time.pass(60_000);
    server.reachable = true;
    queue.online();
    await settled();
    expect(states.at(-1)).toBe('saved');
  });

  it('becomes read-only when another tab took the lease', async () => {
    server.lease = 2;
    queue.push(change({ a: '1' }));
    await settled();
    queue.push(change({ a: '2' }));
    await settled();
    expect(states).toEqual(['saving', 'readonly']);
    expect(server.arrived).toHaveLength(1);
    expect(log.entries).toEqual([]);
    expect(await queue.idle()).toBe(false);
  });

  it('drops what the server will never take, and goes on', async () => {
    server.refuse = { over: false, code: 'value-invalid' };
    queue.push(change({ a: 'bad' }));
    await settled();
    expect(refusals).toEqual(['value-invalid']);
    expect(states.at(-1)).toBe('failed');
    server.refuse = undefined;
    queue.push(change({ b: 'good' }));
    await settled();
    expect(states.at(-1)).toBe('saved');
    expect(server.values).toEqual({ b: 'good' });
  });

  it('keeps everything while the person is not let in, and sends it when they are again', async () => {
    server.shut = true;
    queue.push(change({ a: '1' }));
    await settled();
    queue.push(change({ b: '2' }));
    expect(await queue.idle()).toBe(false);
    await time.pass(60_000);
    expect(states).toEqual(['saving', 'shut']);
    expect(refusals).toEqual([]);
    expect(log.entries.map((entry) => entry.commit.set)).toEqual([{ a: '1' }, { b: '2' }]);
    server.shut = false;
    await time.pass(60_000);
    expect(states.at(-1)).toBe('saved');
    expect(server.values).toEqual({ a: '1', b: '2' });
    expect(log.entries).toEqual([]);
  });

  it('leaves the log as it is when the page goes away while the person is not let in', async () => {
    server.shut = true;
    queue.push(change({ a: '1' }));
    await settled();
    queue.leave(change({ b: '2' }));
    await settled();
    expect(Object.assign({}, ...log.entries.map((entry) => entry.commit.set))).toEqual({ a: '1', b: '2' });
  });

  it('answers at once that nothing can be sent now', async () => {
    server.reachable = false;
    queue.push(change({ a: '1' }));
    const idle = queue.idle();
    await settled();
    expect(await idle).toBe(false);
    expect(log.entries).toHaveLength(1);
  });

  it('sends everything unacknowledged as one request when the page goes away', async () => {
    server.hold();
    queue.push(change({ a: '1', b: '1' }));
    await settled();
    queue.push(change({ b: '2' }));
    queue.leave(change({ c: '3' }, { terminate: true, exit: 'suspend' }));
    await settled();
    const last = server.arrived.at(-1);
    expect(last).toMatchObject({
      keepalive: true,
      commit: { set: { a: '1', b: '2', c: '3' }, terminate: true, exit: 'suspend' },
    });
    expect(server.arrived).toHaveLength(2);
    expect(log.entries.at(-1)?.sequence).toBe(last?.commit.sequence);
  });

  it('sends nothing at the end when everything is saved', async () => {
    queue.push(change({ a: '1' }));
    await settled();
    queue.leave(undefined);
    await settled();
    expect(server.arrived).toHaveLength(1);
  });

  it('keeps on the device what no browser would send at the end', async () => {
    const large = 'x'.repeat(40_000);
    queue.leave(change({ a: large, b: large }));
    await settled();
    expect(server.arrived.map(({ commit }) => Object.keys(commit.set))).toEqual([['a']]);
    expect(log.entries.map((entry) => Object.keys(entry.commit.set))).toEqual([['b']]);
  });

  it('keeps requests alive only as far as browsers allow', async () => {
    queue.push(change({ a: 'x'.repeat(70_000) }), true);
    await settled();
    expect(server.arrived[0]?.keepalive).toBe(false);
    queue.push(change({ a: 'x' }), true);
    await settled();
    expect(server.arrived[1]?.keepalive).toBe(true);
  });
});

describe('changes', () => {
  it('merge with later values winning and an end staying an end', () => {
    const merged = merge([
      change({ a: '1', b: '1' }, { session_time: 'PT1S', terminate: true, exit: 'suspend', nav_request: 'continue' }),
      change({ a: '2' }, { session_time: 'PT2S' }),
    ]);
    expect(merged).toEqual({
      set: { a: '2', b: '1' },
      session_time: 'PT2S',
      terminate: true,
      exit: 'suspend',
      nav_request: 'continue',
    });
  });

  it('are cut between elements, in order, with the end on the last piece', () => {
    const set = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`cmi.interactions.${index}.id`, 'é'.repeat(6_000)]));
    const cut = pieces(change(set, { terminate: true, exit: '', session_time: 'PT5S' }), KEEPALIVE_BYTES);
    expect(cut.length).toBe(2);
    expect(cut.map((piece) => piece.terminate)).toEqual([false, true]);
    expect(cut.map((piece) => piece.session_time)).toEqual([undefined, 'PT5S']);
    expect(cut.flatMap((piece) => Object.keys(piece.set))).toEqual(Object.keys(set));
    for (const piece of cut) expect(new TextEncoder().encode(JSON.stringify(piece)).length).toBeLessThanOrEqual(KEEPALIVE_BYTES);
  });
});
