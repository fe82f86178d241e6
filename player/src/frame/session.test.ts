import { beforeEach, describe, expect, it } from 'vitest';
import type { Launch, Mode, PlainRuntime, ScormRuntime, ToPage } from '../shared/protocol.ts';
import { FakeServer, MemoryLog } from '../testing/server.ts';
import { ManualTime, settled } from '../testing/time.ts';
import type { api12, api2004 } from './api.ts';
import type { Entry } from './log.ts';
import type { Commit } from './queue.ts';
import { Session } from './session.ts';

type Api = ReturnType<typeof api2004>;

describe('a session', () => {
  let server: FakeServer;
  let log: MemoryLog;
  let time: ManualTime;
  let said: ToPage[];
  let adopted: Set<string>;
  let shown: string[];
  let exposed: Record<string, unknown>;
  let farewell: () => void;
  let comes: boolean;
  let unload: () => void;

  beforeEach(() => {
    server = new FakeServer();
    log = new MemoryLog();
    time = new ManualTime();
    said = [];
    adopted = new Set();
    shown = [];
    exposed = {};
    farewell = () => {};
    comes = true;
    unload = () => {};
  });

  function session(runtime: Partial<ScormRuntime> | PlainRuntime = {}, mode: Mode = 'normal'): Session {
    const full = {
      kind: 'scorm2004',
      content_url: 'http://content.test/c/x/index.html',
      learner: { id: '1', name: 'Camille' },
      elements: {},
      sequence: 0,
      ...runtime,
    } as ScormRuntime;
    const launch: Launch<ScormRuntime | PlainRuntime> = {
      launch: 'l2',
      secret: 's',
      lease: 1,
      mode,
      commit_url: 'http://content.test/commit',
      activity: { index: 3, title: 'Chantier' },
      runtime: full,
    };
    return new Session(launch, 'r1', {
      stage: {
        expose: (name, api, found) => {
          Object.defineProperty(exposed, name, {
            get() {
              found();
              return api;
            },
            configurable: true,
            enumerable: true,
          });
        },
        withdraw: (name) => {
          delete exposed[name];
        },
        show: (url, _title, loaded) => {
          shown.push(url);
          if (comes) loaded();
        },
        farewell: () => farewell(),
        remove: () => unload(),
      },
      log,
      send: server.send,
      timers: time,
      adopted,
      post: (message) => said.push(message),
    });
  }

  const api = () => exposed.API_1484_11 as Api;
  const of = <T extends ToPage['type']>(type: T) =>
    said.filter((message): message is Extract<ToPage, { type: T }> => message.type === type);

  it('has the API in place before the content loads', async () => {
    const subject = session();
    await subject.open();
    expect(shown).toEqual(['http://content.test/c/x/index.html']);
    expect(api().Initialize('')).toBe('true');
    expect(of('opened')).toHaveLength(1);
  });

  it('gives SCORM 1.2 content the other object, and plain content none', async () => {
    await session({ kind: 'scorm12' }).open();
    expect(Object.keys(exposed)).toEqual(['API']);
    exposed = {};
    const plain = session({ kind: 'asset', content_url: 'http://content.test/c/x/a.pdf' });
    await plain.open();
    expect(exposed).toEqual({});
    expect(await plain.close()).toBe(true);
    expect(server.arrived).toEqual([]);
  });

  it('lets content open its session again where its trainer bears that, and counts the time of each', async () => {
    const subject = session({ kind: 'scorm12', tolerance: ['initialize-again'] });
    await subject.open();
    const content = exposed.API as ReturnType<typeof api12>;
    for (const page of ['1', '2']) {
      expect([content.LMSInitialize(''), content.LMSInitialize('')]).toEqual(['true', 'true']);
      content.LMSSetValue('cmi.core.lesson_location', page);
      if (page === '1') content.LMSSetValue('cmi.core.session_time', '00:01:00');
      expect(content.LMSFinish('')).toBe('true');
      await settled();
    }
    expect(of('terminated')).toEqual([]);
    expect(await subject.close()).toBe(true);
    expect(
      server.arrived.map(({ commit }) => [commit.set['cmi.core.lesson_location'], commit.session_time, commit.terminate]),
    ).toEqual([
      ['1', '00:01:00', true],
      ['2', undefined, true],
    ]);
  });

  it('tells that content which never looked for an API was there, and how long', async () => {
    const subject = session();
    await subject.open();
    await time.pass(61_000);
    expect(await subject.close()).toBe(true);
    expect(server.arrived.map(({ commit: { lease, sequence, ...rest } }) => rest)).toEqual([
      { set: {}, session_time: 'PT61S', terminate: true, exit: '', nav_request: null, silent: true },
    ]);
    const old = session({ kind: 'scorm12' });
    await old.open();
    await time.pass(3_725_000);
    await old.close();
    expect(server.arrived.at(-1)?.commit.session_time).toBe('0001:02:05');
  });

  it('tells nothing of content that found the API and never spoke, nor of a look', async () => {
    const subject = session();
    await subject.open();
    expect(api()).toBeDefined();
    await subject.close();
    const look = session({}, 'review');
    await look.open();
    await look.close();
    expect(server.arrived).toEqual([]);
  });

  it('lets the last request of xAPI content through before it removes the content', async () => {
    const subject = session({ kind: 'tincan', content_url: 'http://content.test/c/x/index.html' });
    await subject.open();
    let removed = 0;
    unload = () => {
      removed += 1;
    };
    const closed = subject.close();
    await time.pass(299);
    expect(removed).toBe(0);
    await time.pass(1);
    expect(removed).toBe(1);
    expect(await closed).toBe(true);
  });

  it('sends on Commit at once', async () => {
    await session().open();
    api().Initialize('');
    api().SetValue('cmi.location', 'p2');
    expect(api().Commit('')).toBe('true');
    await settled();
    expect(server.values).toEqual({ 'cmi.location': 'p2' });
    expect(of('progress')).toMatchObject([{ progress: { completion: 'incomplete' } }]);
  });

  it('sends by itself soon after the last change, and after thirty seconds at the latest', async () => {
    await session().open();
    api().Initialize('');
    api().SetValue('cmi.location', 'p1');
    await time.pass(4_999);
    expect(server.arrived).toHaveLength(0);
    await time.pass(1);
    expect(server.values).toEqual({ 'cmi.location': 'p1' });
    for (let page = 0; page < 10; page += 1) {
      api().SetValue('cmi.location', `q${page}`);
      await time.pass(3_000);
    }
    expect(server.arrived).toHaveLength(2);
  });

  it('ends with Terminate, with exit and times, and tells the page where the content wants to go', async () => {
    await session().open();
    api().Initialize('');
    api().SetValue('cmi.session_time', 'PT5M');
    api().SetValue('cmi.exit', 'normal');
    api().SetValue('adl.nav.request', '{target=page.2}choice');
    api().Terminate('');
    await settled();
    expect(server.arrived[0]?.commit).toMatchObject({
      terminate: true,
      exit: 'normal',
      session_time: 'PT5M',
      nav_request: 'choice:page.2',
    });
    expect(of('navigate')).toEqual([{ type: 'navigate', request: 'choice', target: 'page.2' }]);
    expect(of('terminated')).toEqual([]);
  });

  it('says that the content terminated when it asks for nothing', async () => {
    await session().open();
    api().Initialize('');
    api().Terminate('');
    expect(of('terminated')).toHaveLength(1);
  });

  it('lets the content save in its unload handlers when it is closed', async () => {
    const subject = session();
    await subject.open();
    api().Initialize('');
    unload = () => {
      api().SetValue('cmi.suspend_data', 'at the end');
      api().SetValue('adl.nav.request', 'previous');
      api().Terminate('');
    };
    expect(await subject.close()).toBe(true);
    expect(server.values).toMatchObject({ 'cmi.suspend_data': 'at the end' });
    expect(server.arrived).toHaveLength(1);
    // The learner already chose where to go.
    expect(server.arrived[0]?.commit).toMatchObject({ terminate: true, nav_request: null });
    expect(of('navigate')).toEqual([]);
  });

  it('says beforeunload before it removes the content, and takes what is said then', async () => {
    const subject = session();
    await subject.open();
    api().Initialize('');
    const order: string[] = [];
    farewell = () => {
      order.push('beforeunload');
      api().SetValue('cmi.location', 'farewell');
      api().SetValue('adl.nav.request', 'continue');
      api().Terminate('');
    };
    unload = () => order.push('removed');
    expect(await subject.close()).toBe(true);
    expect(order).toEqual(['beforeunload', 'removed']);
    expect(server.arrived).toMatchObject([{ commit: { set: { 'cmi.location': 'farewell' }, terminate: true } }]);
    expect(of('navigate')).toEqual([]);
  });

  it('leaves beforeunload to the browser when the whole page goes', async () => {
    const subject = session();
    await subject.open();
    let told = 0;
    farewell = () => {
      told += 1;
    };
    subject.leave();
    expect(told).toBe(0);
  });

  it('removes content that left by itself, and says so once', async () => {
    const subject = session({ kind: 'cmi5', content_url: 'http://content.test/c/x/index.html' });
    await subject.open();
    let removed = 0;
    unload = () => {
      removed += 1;
    };
    const left = subject.left();
    await time.pass(300);
    await left;
    await subject.left();
    expect(removed).toBe(1);
    expect(of('terminated')).toEqual([{ type: 'terminated', removed: true }]);
    expect(await subject.close()).toBe(true);
  });

  it('says nothing of content that leaves while it is being closed', async () => {
    const subject = session({ kind: 'cmi5', content_url: 'http://content.test/c/x/index.html' });
    await subject.open();
    farewell = () => void subject.left();
    const closed = subject.close();
    await time.pass(300);
    expect(await closed).toBe(true);
    expect(of('terminated')).toEqual([]);
  });

  it('terminates for content that never does, so that it resumes', async () => {
    const subject = session();
    await subject.open();
    api().Initialize('');
    api().SetValue('cmi.location', 'p5');
    expect(await subject.close()).toBe(true);
    expect(server.arrived.at(-1)?.commit).toMatchObject({ set: { 'cmi.location': 'p5' }, terminate: true, exit: 'suspend' });
    expect(await subject.close()).toBe(true);
    expect(server.arrived).toHaveLength(1);
  });

  it('has nothing to end when the content never came', async () => {
    const subject = session();
    comes = false;
    await subject.open();
    expect(await subject.close()).toBe(true);
    expect(server.arrived).toEqual([]);
  });

  it('answers that the last commit is only on this device when the server is out of reach', async () => {
    const subject = session();
    await subject.open();
    api().Initialize('');
    api().SetValue('cmi.location', 'p6');
    server.reachable = false;
    expect(await subject.close()).toBe(false);
    expect(log.entries).toHaveLength(1);
    expect(of('saved').at(-1)?.state).toBe('offline');
  });

  it('sends one last request when the page goes away, with what the unload handlers said', async () => {
    const subject = session();
    await subject.open();
    api().Initialize('');
    api().SetValue('cmi.location', 'p7');
    unload = () => {
      api().SetValue('cmi.suspend_data', 'last');
      api().Terminate('');
    };
    subject.leave();
    expect(server.arrived.at(-1)).toMatchObject({
      keepalive: true,
      commit: { set: { 'cmi.location': 'p7', 'cmi.suspend_data': 'last' }, terminate: true },
    });
    await settled();
    expect(server.values).toEqual({ 'cmi.location': 'p7', 'cmi.suspend_data': 'last' });
  });

  it('saves when the page is hidden and goes on', async () => {
    const subject = session();
    await subject.open();
    api().Initialize('');
    api().SetValue('cmi.location', 'p8');
    subject.hidden();
    await settled();
    expect(server.arrived).toMatchObject([{ keepalive: true, commit: { terminate: false } }]);
    expect(api().SetValue('cmi.location', 'p9')).toBe('true');
  });

  it('records nothing of a preview', async () => {
    const subject = session({}, 'browse');
    await subject.open();
    api().Initialize('');
    expect(api().SetValue('cmi.location', 'p1')).toBe('true');
    expect(api().GetValue('cmi.location')).toBe('p1');
    api().Commit('');
    await time.pass(60_000);
    expect(await subject.close()).toBe(true);
    expect(server.arrived).toEqual([]);
    expect(log.entries).toEqual([]);
  });

  const kept = (launch: string, sequence: number, commit: Partial<Commit> = {}, activity = 3): Entry => {
    const whole = { lease: 0, sequence, set: {}, terminate: false, nav_request: null, ...commit };
    return { launch, sequence, registration: 'r1', activity, at: sequence, commit: whole };
  };

  it('saves what an earlier launch of the activity could not send, with its time and end, then asks for a launch', async () => {
    await log.put(kept('l1', 4, { set: { 'cmi.location': 'p3' }, session_time: 'PT4M' }));
    await log.put(kept('l1', 5, { session_time: 'PT5M', terminate: true, exit: 'normal', nav_request: 'continue' }));
    await log.put(kept('l0', 4, {}, 9));
    await session({ elements: { 'cmi.location': 'p1' } }).open();
    expect(server.arrived.map(({ commit }) => commit)).toEqual([
      {
        lease: 1,
        sequence: 1,
        set: { 'cmi.location': 'p3' },
        session_time: 'PT5M',
        terminate: true,
        exit: 'normal',
        nav_request: null,
      },
    ]);
    expect(of('relaunch')).toHaveLength(1);
    expect(shown).toEqual([]);
    expect(log.entries.map(({ launch }) => launch)).toEqual(['l0']);
  });

  it('takes one earlier session at a time, and ends one that was cut off so that it resumes', async () => {
    await log.put(kept('l0', 1, { session_time: 'PT1M' }));
    await log.put(kept('l1', 2, { session_time: 'PT2M', terminate: true, exit: '' }));
    await session().open();
    expect(server.arrived.at(-1)?.commit).toMatchObject({ session_time: 'PT1M', terminate: true, exit: 'suspend' });
    expect(log.entries.map(({ launch }) => launch)).toEqual(['l1']);
  });

  it('keeps what it took over in the log until the server has acknowledged it', async () => {
    await log.put(kept('l1', 4, { set: { 'cmi.location': 'p3' }, session_time: 'PT5M' }));
    server.hold();
    const opened = session().open();
    await settled();
    expect(server.arrived).toHaveLength(1);
    expect(log.entries).toMatchObject([{ launch: 'l2', commit: { set: { 'cmi.location': 'p3' }, session_time: 'PT5M' } }]);
    server.release();
    await opened;
    expect(log.entries).toEqual([]);
  });

  it('goes on with the values of an earlier launch when the server does not take them now', async () => {
    await log.put(kept('l1', 4, { set: { 'cmi.location': 'p3' }, session_time: 'PT5M' }));
    server.reachable = false;
    await session({ elements: { 'cmi.location': 'p1' } }).open();
    expect(shown).toHaveLength(1);
    api().Initialize('');
    expect(api().GetValue('cmi.location')).toBe('p3');
    expect(log.entries).toMatchObject([{ launch: 'l2', commit: { session_time: 'PT5M', terminate: true } }]);
    server.reachable = true;
    await time.pass(1_000);
    expect(server.values).toEqual({ 'cmi.location': 'p3' });
    expect(log.entries).toEqual([]);
    expect(of('relaunch')).toEqual([]);
  });

  it('takes nothing over twice, should the log not let go of it', async () => {
    await log.put(kept('l1', 4));
    log.replace = async () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    await session().open();
    expect(of('relaunch')).toHaveLength(1);
    await session().open();
    expect(of('relaunch')).toHaveLength(1);
    expect(shown).toHaveLength(1);
  });

  it('never blocks the content when it is read-only', async () => {
    server.lease = 7;
    const subject = session();
    await subject.open();
    api().Initialize('');
    api().SetValue('cmi.location', 'p1');
    api().Commit('');
    await settled();
    expect(of('saved').at(-1)?.state).toBe('readonly');
    expect(api().SetValue('cmi.location', 'p2')).toBe('true');
    expect(api().Commit('')).toBe('true');
    expect(await subject.close()).toBe(false);
    expect(server.arrived).toHaveLength(1);
  });
});
