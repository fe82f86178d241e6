import { expect, test } from 'vitest';
import { Looked } from './looked.ts';

test('time behind another tab is not counted', () => {
  const looked = new Looked(1000, true);
  looked.turn(11_000, false);
  expect(looked.seconds(60_000)).toBe(10);
  looked.turn(61_000, true);
  expect(looked.seconds(63_500)).toBe(12.5);
});

test('a page opened behind another one begins when it is looked at', () => {
  const looked = new Looked(0, false);
  expect(looked.seconds(5000)).toBe(0);
  looked.turn(5000, true);
  expect(looked.seconds(6000)).toBe(1);
});
