import { describe, expect, it } from 'vitest';
import { read } from './send.ts';

describe('an answer to a commit', () => {
  it('is good, lost, to be sent again, or refused', () => {
    expect(read(200, { sequence: 3 })).toEqual({ kind: 'ok', body: { sequence: 3 } });
    expect(read(409, { code: 'lease-lost' })).toEqual({ kind: 'lost' });
    for (const status of [408, 425, 429, 500, 502, 503]) expect(read(status, {})).toEqual({ kind: 'again' });
    expect(read(403, { code: 'person-disabled' })).toEqual({ kind: 'shut' });
    expect(read(422, { code: 'value-invalid', detail: 'cmi.x' })).toEqual({
      kind: 'refused',
      over: false,
      code: 'value-invalid',
      detail: 'cmi.x',
    });
    expect(read(409, { code: 'launch-over' })).toMatchObject({ kind: 'refused', over: true });
    expect(read(401, undefined)).toEqual({ kind: 'refused', over: true, code: 'http-401', detail: '' });
  });
});
