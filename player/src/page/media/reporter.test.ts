import { beforeEach, describe, expect, it } from 'vitest';
import type { SavedState } from '../../shared/protocol.ts';
import { ManualTime, settled } from '../../testing/time.ts';
import type { Reply } from '../http.ts';
import { type Report, Reporter, type Snapshot, type Told } from './reporter.ts';

const at = (position: number): Snapshot => ({ position, duration: 100, played: [[0, position]] });

describe('the reports of a medium', () => {
  let time: ManualTime;
  let sent: { report: Report; keepalive: boolean }[];
  let states: SavedState[];
  let kept: Snapshot | undefined;
  let reply: Reply<Told>;
  let reporter: Reporter;

  beforeEach(() => {
    time = new ManualTime();
    sent = [];
    states = [];
    kept = undefined;
    reply = { kind: 'ok', body: {} };
    reporter = new Reporter({
      launch: 'l',
      lease: 4,
      sequence: 0,
      post: async (report, keepalive) => {
        sent.push({ report, keepalive });
        return reply;
      },
      after: (milliseconds, run) => time.after(milliseconds, run),
      keep: (snapshot) => {
        kept = snapshot;
      },
      state: (state) => states.push(state),
      told: () => {},
    });
  });

  const events = () => sent.map(({ report }) => `${report.sequence} ${report.event} ${report.position}`);

  it('carry the lease, a growing number, and everything played', async () => {
    reporter.event('played', at(0));
    reporter.event('paused', at(12));
    await settled();
    expect(events()).toEqual(['1 played 0', '2 paused 12']);
    expect(sent[1]?.report).toEqual({
      launch: 'l',
      lease: 4,
      sequence: 2,
      event: 'paused',
      position: 12,
      duration: 100,
      played: [[0, 12]],
      length: 100,
    });
    expect(states.at(-1)).toBe('saved');
    expect(kept).toBeUndefined();
  });

  it('come every ten seconds while playing', async () => {
    for (let second = 0; second <= 25; second += 1) {
      reporter.playing(at(second));
      await time.pass(1_000);
    }
    expect(events()).toEqual(['1 progressed 9', '2 progressed 19']);
  });

  it('are kept on the device and sent in order when the connection is back', async () => {
    reply = { kind: 'offline' };
    reporter.event('played', at(0));
    reporter.event('paused', at(30));
    await settled();
    expect(states.at(-1)).toBe('offline');
    expect(kept).toEqual(at(30));
    sent = [];
    reply = { kind: 'ok', body: {} };
    reporter.online();
    await settled();
    expect(events()).toEqual(['1 played 0', '2 paused 30']);
    expect(kept).toBeUndefined();
    expect(states.at(-1)).toBe('saved');
  });

  it('are kept while the learner is signed out, and sent when they are back', async () => {
    reply = { kind: 'problem', status: 401, code: 'unauthenticated', detail: '' };
    reporter.event('played', at(0));
    reporter.event('paused', at(30));
    await settled();
    expect(states.at(-1)).toBe('signed-out');
    expect(kept).toEqual(at(30));
    reply = { kind: 'ok', body: {} };
    sent = [];
    await time.pass(60_000);
    expect(events()).toEqual(['1 played 0', '2 paused 30']);
    expect(states.at(-1)).toBe('saved');
    expect(kept).toBeUndefined();
  });

  it('stop when another tab took over', async () => {
    reply = { kind: 'problem', status: 409, code: 'lease-lost', detail: '' };
    reporter.event('played', at(0));
    await settled();
    reporter.event('paused', at(5));
    reporter.playing(at(6));
    await time.pass(60_000);
    expect(events()).toEqual(['1 played 0']);
    expect(states.at(-1)).toBe('readonly');
    expect(await reporter.close(at(6))).toBe(true);
  });

  it('say that something was not saved when the server refuses it', async () => {
    reply = { kind: 'problem', status: 422, code: 'invalid', detail: '' };
    reporter.event('played', at(0));
    await settled();
    expect(states.at(-1)).toBe('failed');
  });

  it('end with a last word that outlives the page', async () => {
    reporter.event('played', at(0));
    await settled();
    reporter.leave(at(40));
    reporter.leave(at(41));
    expect(sent.filter(({ keepalive }) => keepalive).map(({ report }) => report.event)).toEqual(['terminated']);
  });

  it('answer at closing whether everything is saved', async () => {
    reporter.event('played', at(0));
    expect(await reporter.close(at(3))).toBe(true);
    expect(events()).toEqual(['1 played 0', '2 terminated 3']);
  });

  it('answer at closing that it is kept on the device', async () => {
    reply = { kind: 'offline' };
    expect(await reporter.close(at(3))).toBe(false);
    expect(kept).toEqual(at(3));
  });
});
