import { beforeEach, describe, expect, it } from 'vitest';
import { Launches } from './launches.ts';

describe('launches that may have something unsent', () => {
  let kept: Map<string, string>;
  let launches: Launches;
  const to = (secret: string) => ({ url: `/commit/${secret}`, secret });

  beforeEach(() => {
    kept = new Map();
    const storage = {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, value: string) => kept.set(name, value),
      removeItem: (name: string) => kept.delete(name),
    } as unknown as Storage;
    launches = new Launches(() => storage);
  });

  it('are the last one of each registration', () => {
    launches.remember('r1', 'l1', to('a'));
    launches.remember('r2', 'l2', to('b'));
    launches.remember('r1', 'l3', to('c'));
    expect(launches.addresses()).toEqual({ l2: to('b'), l3: to('c') });
    expect(launches.addresses('r1')).toEqual({ l3: to('c') });
  });

  it('are told apart: of the registration that is opened now, or of others', () => {
    expect(launches.unsent('r1')).toBe('none');
    launches.remember('r2', 'l2', to('b'));
    expect(launches.unsent('r1')).toBe('others');
    launches.remember('r1', 'l1', to('a'));
    expect(launches.unsent('r1')).toBe('own');
    launches.forget('l1');
    launches.forget('l2');
    expect(launches.unsent('r1')).toBe('none');
  });

  it('leave nothing behind when everything is saved', () => {
    launches.remember('r1', 'l1', to('a'));
    launches.forget('l1');
    expect(launches.addresses()).toEqual({});
    expect(kept.size).toBe(0);
  });

  it('are bounded', () => {
    for (let number = 0; number < 60; number += 1) launches.remember(`r${number}`, `l${number}`, to('s'));
    expect(Object.keys(launches.addresses())).toHaveLength(50);
    expect(launches.addresses()).toHaveProperty('l59');
  });

  it('are none where storage is refused or broken', () => {
    const refused = new Launches(() => {
      throw new DOMException('denied', 'SecurityError');
    });
    refused.remember('r1', 'l1', to('a'));
    refused.forget('l1');
    expect(refused.addresses()).toEqual({});
    kept.set('preau.launches', '{');
    expect(launches.addresses()).toEqual({});
  });
});
