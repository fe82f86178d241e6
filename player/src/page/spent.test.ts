import { beforeEach, expect, test } from 'vitest';
import type { Progress } from '../shared/protocol.ts';
import { ManualTime } from '../testing/time.ts';
import type { Reply } from './http.ts';
import { Spent } from './spent.ts';

let time: ManualTime;
let told: { seconds: number; keepalive: boolean }[];
let completed: Progress[];
let answer: Reply<{ progress: Progress }>;

const doing: Reply<{ progress: Progress }> = { kind: 'ok', body: { progress: { completion: 'incomplete' } } };
const done: Reply<{ progress: Progress }> = { kind: 'ok', body: { progress: { completion: 'completed' } } };

function spent(isVisible = true): Spent {
  return new Spent({
    launch: 'one',
    isVisible,
    now: () => time.now(),
    after: (milliseconds, run) => time.after(milliseconds, run),
    post: async ({ launch, seconds }, keepalive) => {
      expect(launch).toBe('one');
      told.push({ seconds, keepalive });
      return answer;
    },
    completed: (progress) => completed.push(progress),
  });
}

beforeEach(() => {
  time = new ManualTime();
  told = [];
  completed = [];
  answer = doing;
});

test('what is told grows while the content is in sight, and stops where the activity is completed', async () => {
  const subject = spent();
  await time.pass(30_000);
  subject.turn(false);
  await time.pass(30_000);
  subject.turn(true);
  answer = done;
  await time.pass(60_000);
  expect(told.map(({ seconds }) => seconds)).toEqual([15, 30, 30, 30, 45]);
  expect(completed).toEqual([{ completion: 'completed' }]);
  await subject.close();
  expect(told).toHaveLength(5);
});

test('whoever leaves tells the rest, once', async () => {
  const subject = spent(false);
  subject.turn(true);
  await time.pass(7_000);
  await subject.close();
  await subject.close();
  await time.pass(60_000);
  expect(told).toEqual([{ seconds: 7, keepalive: true }]);
});

test('without a line it goes on, and where another tab plays it stops', async () => {
  spent();
  answer = { kind: 'offline' };
  await time.pass(30_000);
  answer = { kind: 'problem', status: 409, code: 'lease-lost', detail: '' };
  await time.pass(60_000);
  expect(told.map(({ seconds }) => seconds)).toEqual([15, 30, 45]);
});
