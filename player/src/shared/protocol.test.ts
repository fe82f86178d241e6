import { describe, expect, it } from 'vitest';
import { received, sealed, type ToFrame } from './protocol.ts';

describe('messages between page and frame', () => {
  const frame = {};
  const event = (data: unknown, source: unknown = frame, origin = 'http://app.test') =>
    ({ data, source, origin }) as unknown as MessageEvent;
  const take = (from: MessageEvent, source: unknown = frame) => received<ToFrame>(from, source, 'http://app.test');

  it('are taken from the one window and origin', () => {
    const message = sealed<ToFrame>({ type: 'close', id: 1 });
    expect(take(event(message))).toEqual({ preau: 1, type: 'close', id: 1 });
    expect(take(event(message, {}))).toBeUndefined();
    expect(take(event(message, frame, 'http://content.app.test'))).toBeUndefined();
    expect(take(event(message, null), null)).toBeUndefined();
  });

  it('are ours, or ignored', () => {
    for (const data of [undefined, null, 'preau', 3, {}, { preau: 1 }, { preau: 2, type: 'ping' }, { preau: 1, type: 3 }]) {
      expect(take(event(data))).toBeUndefined();
    }
  });
});
