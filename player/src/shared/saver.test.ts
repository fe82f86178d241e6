import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Saver, waitBeforeSending, watch } from './saver.ts';

/** What of a form the saver needs; the tests run without a browser. */
class Form extends EventTarget {
  action = 'https://preau.test/save';
  fields: [string, string][] = [['text', 'un']];
  /** How often it really went out as a form. */
  sent = 0;

  /** Somebody presses its button, or a script does. */
  requestSubmit(): void {
    if (this.dispatchEvent(new Event('submit', { cancelable: true }))) this.sent += 1;
  }
}

class Field extends EventTarget {
  type = 'text';
}

/** A request that has arrived and waits for its answer. */
interface Arrived {
  readonly body: string;
  answer(status: number, told?: object): void;
  fail(): void;
}

describe('the saver of a form', () => {
  let form: Form;
  let arrived: Arrived[];
  let said: string[];
  let online: (() => void) | undefined;
  let saver: Saver;

  beforeEach(() => {
    vi.useFakeTimers();
    form = new Form();
    arrived = [];
    said = [];
    vi.stubGlobal('addEventListener', (name: string, listener: () => void) => {
      if (name === 'online') online = listener;
    });
    vi.stubGlobal('HTMLElement', Field);
    vi.stubGlobal(
      'FormData',
      class {
        readonly #fields: [string, string][];
        constructor(of: Form) {
          this.#fields = [...of.fields];
        }
        [Symbol.iterator]() {
          return this.#fields[Symbol.iterator]();
        }
      },
    );
    vi.stubGlobal('fetch', (url: string, { body }: { body: URLSearchParams }) => {
      expect(url).toBe(form.action);
      return new Promise<Response>((resolve, reject) => {
        arrived.push({
          body: body.toString(),
          answer: (status, told = {}) => resolve({ status, ok: status < 300, json: async () => told } as Response),
          fail: () => reject(new TypeError('Failed to fetch')),
        });
      });
    });
    saver = new Saver({
      form: form as unknown as HTMLFormElement,
      said: (state, problem) => said.push(problem ? `${state} ${problem.code}` : state),
    });
  });

  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  const type = (text: string) => {
    form.fields = [['text', text]];
    saver.changed(500);
  };
  const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

  it('sends what was typed after a pause, once, as it is then', async () => {
    type('d');
    await pass(400);
    type('deux');
    await pass(400);
    expect(arrived).toEqual([]);
    await pass(100);
    expect(arrived.map((request) => request.body)).toEqual(['text=deux']);
    expect([saver.dirty, saver.done]).toEqual([false, false]);
    arrived[0]?.answer(200);
    await pass(0);
    expect(said).toEqual(['saving', 'saved']);
    expect(saver.done).toBe(true);
  });

  it('never has two requests on their way, and sends the last state after the first', async () => {
    type('deux');
    await pass(500);
    type('trois');
    await pass(500);
    type('quatre');
    await pass(500);
    expect(arrived).toHaveLength(1);
    arrived[0]?.answer(200);
    await pass(0);
    expect(arrived.map((request) => request.body)).toEqual(['text=deux', 'text=quatre']);
    expect(said).not.toContain('saved');
    arrived[1]?.answer(200);
    await pass(0);
    expect(said.at(-1)).toBe('saved');
    expect(arrived).toHaveLength(2);
  });

  it('tries again what did not arrive, each time a little later', async () => {
    type('deux');
    await pass(500);
    arrived[0]?.fail();
    await pass(999);
    expect(arrived).toHaveLength(1);
    await pass(1);
    expect(arrived).toHaveLength(2);
    arrived[1]?.answer(503);
    await pass(1999);
    expect(arrived).toHaveLength(2);
    await pass(1);
    expect(arrived).toHaveLength(3);
    expect(saver.done).toBe(false);
    arrived[2]?.answer(200);
    await pass(0);
    expect(said).toEqual(['saving', 'failed', 'saving', 'failed', 'saving', 'saved']);
    // The wait begins anew.
    type('trois');
    await pass(500);
    arrived[3]?.fail();
    await pass(1000);
    expect(arrived).toHaveLength(5);
  });

  it('tries again at once when the network is back', async () => {
    type('deux');
    await pass(500);
    arrived[0]?.fail();
    await pass(0);
    online?.();
    await pass(0);
    expect(arrived).toHaveLength(2);
    arrived[1]?.answer(200);
    await pass(60_000);
    expect(arrived).toHaveLength(2);
  });

  it('says why it was refused and does not ask again until something changes', async () => {
    type('deux');
    await pass(500);
    arrived[0]?.answer(409, { code: 'draft-changed', title: 'Quelqu’un d’autre écrit' });
    await pass(60_000);
    expect(said).toEqual(['saving', 'refused draft-changed']);
    expect(arrived).toHaveLength(1);
    type('trois');
    await pass(500);
    expect(arrived).toHaveLength(2);
  });

  it('answers of a flush whether all is saved', async () => {
    expect(await saver.flush()).toBe(true);
    type('deux');
    const flushed = saver.flush();
    await pass(0);
    arrived[0]?.fail();
    expect(await flushed).toBe(false);
    const again = saver.flush();
    await pass(0);
    arrived[1]?.answer(200);
    expect(await again).toBe(true);
  });

  it('lets a form go once what was typed is saved, and keeps it back while it is not', async () => {
    waitBeforeSending(form as unknown as HTMLFormElement, saver);
    form.requestSubmit();
    expect(form.sent).toBe(1);
    type('deux');
    form.requestSubmit();
    await pass(0);
    expect([form.sent, arrived.length]).toEqual([1, 1]);
    arrived[0]?.answer(422, { code: 'wrong' });
    await pass(60_000);
    expect(form.sent).toBe(1);
    type('trois');
    form.requestSubmit();
    await pass(0);
    arrived[1]?.answer(200);
    await pass(0);
    expect(form.sent).toBe(2);
  });

  it('waits for a pause in typing, not after a choice', async () => {
    class Area extends Field {}
    vi.stubGlobal('HTMLTextAreaElement', Area);
    vi.stubGlobal('HTMLInputElement', Field);
    watch(form as unknown as HTMLFormElement, saver, 900);
    const changed = (name: string, field: Field) => {
      const event = new Event(name);
      Object.defineProperty(event, 'target', { value: field });
      form.dispatchEvent(event);
    };
    changed('input', new Area());
    await pass(899);
    expect(arrived).toHaveLength(0);
    await pass(1);
    expect(arrived).toHaveLength(1);
    arrived[0]?.answer(200);
    await pass(0);
    const box = new Field();
    box.type = 'radio';
    changed('input', box);
    await pass(0);
    expect(arrived).toHaveLength(2);
    arrived[1]?.answer(200);
    await pass(0);
    // Who leaves a field does not wait for the pause.
    changed('input', new Field());
    changed('change', new Field());
    await pass(0);
    expect(arrived).toHaveLength(3);
  });
});
