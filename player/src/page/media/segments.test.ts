import { describe, expect, it } from 'vitest';
import { clock, merged, Played } from './segments.ts';

describe('what was played', () => {
  it('grows while playing and stays after a pause', () => {
    const played = new Played();
    played.begin(0);
    for (const position of [0.25, 0.5, 1, 2.5, 4]) played.reach(position);
    expect(played.list()).toEqual([[0, 4]]);
    played.end();
    played.reach(9);
    expect(played.list()).toEqual([[0, 4]]);
  });

  it('does not hold what was jumped over', () => {
    const played = new Played();
    played.begin(0);
    played.reach(3);
    played.end();
    played.begin(60);
    played.reach(62.1234);
    expect(played.list()).toEqual([
      [0, 3],
      [60, 62.123],
    ]);
    played.reach(90);
    played.reach(91);
    expect(played.list()).toEqual([
      [0, 3],
      [60, 62.123],
      [90, 91],
    ]);
  });

  it('joins parts that touch, and begins with what earlier visits played', () => {
    const played = new Played([
      [10, 20],
      [0, 5],
    ]);
    played.begin(5.2);
    played.reach(8);
    played.reach(10);
    played.end();
    expect(played.list()).toEqual([[0, 20]]);
    expect(played.share(40)).toBe(0.5);
    expect(played.share(0)).toBe(0);
    expect(played.share(Number.NaN)).toBe(0);
    expect(played.share(10)).toBe(1);
  });

  it('has no empty parts', () => {
    expect(
      merged([
        [3, 3],
        [5, 4],
        [1, 2],
      ]),
    ).toEqual([[1, 2]]);
  });
});

describe('a time', () => {
  it('is written as on a clock', () => {
    expect([0, 5.9, 65, 600, 3_725, -1, Number.NaN].map(clock)).toEqual([
      '0:00',
      '0:05',
      '1:05',
      '10:00',
      '1:02:05',
      '0:00',
      '0:00',
    ]);
  });
});
