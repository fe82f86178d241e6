import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { After, Channel, FromSeat, ToSeat } from '../shared/seat.ts';
import { OwnWindow } from './own-window.ts';
import { Seat } from './seat.ts';

/** Channels of one name, without a turn of the event loop in between. */
class Air {
  readonly #ends = new Map<string, Set<Channel>>();

  channel(name: string): Channel {
    const ends = this.#ends.get(name) ?? new Set();
    this.#ends.set(name, ends);
    const end: Channel = {
      onmessage: null,
      postMessage(message: ToSeat | FromSeat) {
        for (const other of ends) if (other !== end) other.onmessage?.({ data: message } as MessageEvent);
      },
      close: () => ends.delete(end),
    };
    ends.add(end);
    return end;
  }
}

const LAUNCH = { activity: { index: 0, title: 'Gestes' } } as never;

describe('a window of its own for content', () => {
  let air: Air;
  let said: string[];
  let opened: { url: string; name: string; window: { closed: boolean; close(): void } }[];
  let isBlocked: boolean;
  let own: OwnWindow;

  const after: After = (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  };

  beforeEach(() => {
    vi.useFakeTimers();
    air = new Air();
    said = [];
    opened = [];
    isBlocked = false;
    let ids = 0;
    own = new OwnWindow({
      registration: 'r1',
      address: '/player/window',
      around: {
        open(url, name) {
          if (isBlocked) return null;
          const known = opened.find((one) => one.name === name && !one.window.closed);
          const window = known?.window ?? {
            closed: false,
            close() {
              this.closed = true;
            },
          };
          if (url !== '' || !known) opened.push({ url, name, window });
          return window;
        },
        channel: (name) => air.channel(name),
        id: () => {
          ids += 1;
          return `id${ids}`;
        },
        after,
        screen: { availWidth: 1280, availHeight: 800 },
      },
      seated: () => said.push('seated'),
      heard: (message) => said.push(message.type),
      acted: () => said.push('acted'),
      over: (how) => said.push(`over ${how}`),
    });
    return () => vi.useRealTimers();
  });

  /** What loads in the window opened last. */
  const load = (name = 'seat') => {
    const view = { shown: [] as string[], state: '', closed: false };
    const asked: string[] = [];
    const of = new URL(opened.at(-1)?.url ?? '', 'http://preau.test').searchParams.get('of');
    const seat = new Seat(name, {
      channel: air.channel(`preau-window:${of}`),
      after,
      say: (message) => asked.push(message.type === 'close' ? `close ${message.id}` : message.type),
      view: {
        run: (title) => view.shown.push(title),
        wait: (text = '…', label) => view.shown.push(label === undefined ? text : `${text} [${label}]`),
        state: (text) => {
          view.state = text;
        },
        close: () => {
          view.closed = true;
        },
      },
    });
    return { seat, view, asked };
  };

  it('is opened once, and the frame in it is spoken to as one on the page', () => {
    expect(own.open()).toBe(true);
    own.say({ type: 'hello' });
    const { seat, view, asked } = load();
    expect([said, asked]).toEqual([['seated'], []]);
    own.say({ type: 'open', launch: LAUNCH, registration: 'r1' });
    seat.heard({ type: 'opened' });
    own.state('Hors connexion');
    expect([said, asked, view.shown, view.state]).toEqual([['seated', 'opened'], ['open'], ['Gestes'], 'Hors connexion']);
    expect(own.open()).toBe(true);
    expect(opened).toHaveLength(1);
    own.show();
    expect(opened).toHaveLength(1);
  });

  it('that the browser blocks is told at once, and can be asked for again', () => {
    isBlocked = true;
    expect(own.open()).toBe(false);
    isBlocked = false;
    expect(own.open()).toBe(true);
    load();
    expect(said).toEqual(['seated']);
  });

  it('that never answers is over', () => {
    own.open();
    vi.advanceTimersByTime(20_000);
    expect(said).toEqual(['over silent']);
    expect(own.isSeated).toBe(false);
  });

  it('is over when the learner closes it, whether it says so or not', () => {
    for (const says of [true, false]) {
      said = [];
      own.open();
      const { seat } = load();
      if (says) seat.gone();
      const last = opened.at(-1);
      if (last) last.window.closed = true;
      vi.advanceTimersByTime(2_000);
      expect(said).toEqual(['seated', 'over closed']);
    }
  });

  it('goes on when it is loaded again', () => {
    own.open();
    load('first').seat.gone();
    vi.advanceTimersByTime(3_000);
    expect([said, own.isSeated]).toEqual([['seated'], false]);
    const { asked } = load('second');
    own.say({ type: 'hello' });
    vi.advanceTimersByTime(60_000);
    expect([said, asked]).toEqual([['seated', 'seated'], ['hello']]);
  });

  it('gives way to its double: one launch has one window', async () => {
    own.open();
    const first = load('first');
    own.say({ type: 'open', launch: LAUNCH, registration: 'r1' });
    const second = load('second');
    own.say({ type: 'hello' });
    expect([first.asked, second.asked]).toEqual([['open', 'close 0'], ['hello']]);
    first.seat.heard({ type: 'closed', id: 0, ok: true });
    await vi.advanceTimersByTimeAsync(1);
    expect([first.view.closed, second.view.closed]).toEqual([true, false]);
    first.seat.heard({ type: 'saved', state: 'readonly', at: '' });
    expect(said).toEqual(['seated', 'seated']);
  });

  it('closes with the page, when what was done is saved and no other page has taken it over', async () => {
    own.open();
    const { seat, view, asked } = load();
    own.say({ type: 'open', launch: LAUNCH, registration: 'r1' });
    own.bye();
    expect(asked).toEqual(['open', 'close 0']);
    await vi.advanceTimersByTimeAsync(8_000);
    expect(view.closed).toBe(false);
    seat.heard({ type: 'closed', id: 0, ok: true });
    await vi.advanceTimersByTimeAsync(1);
    expect(view.closed).toBe(true);
    expect(said).toEqual(['seated']);
  });

  it('closes all the same where nothing can be sent', async () => {
    own.open();
    const { view } = load();
    own.say({ type: 'open', launch: LAUNCH, registration: 'r1' });
    own.bye();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(view.closed).toBe(true);
  });

  it('shows what the learner has to know where content has left, and asks to go on', () => {
    own.open();
    const { seat, view } = load();
    own.say({ type: 'open', launch: LAUNCH, registration: 'r1' });
    seat.heard({ type: 'terminated', removed: true });
    own.tell('Activité terminée', 'Continuer');
    seat.acted();
    expect(view.shown).toEqual(['Gestes', '…', 'Activité terminée [Continuer]', '…']);
    expect(said).toEqual(['seated', 'terminated', 'acted']);
  });

  it('is dismissed without a word', () => {
    own.open();
    const { seat, view } = load();
    own.dismiss();
    seat.gone();
    vi.advanceTimersByTime(60_000);
    expect([view.closed, said, own.isSeated]).toEqual([true, ['seated'], false]);
  });

  it('that content has led away is left alone: the empty one that comes of asking for it is closed', () => {
    own.open();
    load();
    const last = opened.at(-1);
    // To this page, a window that is another site's has no name it could be found by.
    if (last) last.name = '';
    own.show();
    expect(said).toEqual(['seated', 'over closed']);
    expect(opened.at(-1)?.window.closed).toBe(true);
    expect(last?.window.closed).toBe(false);
  });
});
