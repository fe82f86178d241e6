import { describe, expect, it } from 'vitest';
import type { OutlineEntry } from './config.ts';
import { allowed, isOpen, statusOf, targetOf, withStatus } from './outline.ts';

const entry = (index: number, launchable = true, more: Partial<OutlineEntry> = {}): OutlineEntry => ({
  index,
  parent: null,
  title: `Étape ${index}`,
  kind: launchable ? 'sco' : 'group',
  launchable,
  status: 'todo',
  url: `/player/r/${index}`,
  ...more,
});
const outline = [entry(0, false), entry(1), entry(2, false), entry(3), entry(7, true, { identifier: 'ITEM-12' })];

describe('the outline', () => {
  it('decides previous and next by its order, over groups, when the server says nothing', () => {
    expect(allowed(outline, 1, undefined)).toEqual({ previous: false, next: true });
    expect(allowed(outline, 3, undefined)).toEqual({ previous: true, next: true });
    expect(allowed(outline, 7, undefined)).toEqual({ previous: true, next: false });
    expect(allowed(outline, 99, undefined)).toEqual({ previous: false, next: false });
  });

  it('leaves the decision to the server where it has one', () => {
    expect(allowed(outline, 3, { continue: false, previous: false })).toEqual({ previous: false, next: false });
    expect(allowed(outline, 7, { continue: true })).toEqual({ previous: true, next: true });
  });

  it('knows what the server does not let the learner choose', () => {
    const last = outline[4] as OutlineEntry;
    expect(isOpen(last, undefined)).toBe(true);
    expect(isOpen(last, { choice: {} })).toBe(true);
    expect(isOpen(last, { choice: { 'ITEM-12': false } })).toBe(false);
    expect(isOpen(last, { choice: { 'ITEM-12': true } })).toBe(true);
  });

  it('tells a status in one word', () => {
    expect(statusOf({ completion: 'completed', success: 'unknown' })).toBe('done');
    expect(statusOf({ completion: 'incomplete', success: 'passed' })).toBe('done');
    expect(statusOf({ completion: 'completed', success: 'failed' })).toBe('failed');
    expect(statusOf({ completion: 'incomplete' })).toBe('doing');
    expect(statusOf({})).toBe('doing');
  });

  it('changes the status of one entry', () => {
    expect(withStatus(outline, 3, 'done').map(({ status }) => status)).toEqual(['todo', 'todo', 'todo', 'done', 'todo']);
    expect(outline[3]?.status).toBe('todo');
  });

  it('finds where content wants to go', () => {
    expect(targetOf(outline, 'ITEM-12')).toBe(7);
    expect(targetOf(outline, '3')).toBe(3);
    expect(targetOf(outline, '4')).toBeUndefined();
    expect(targetOf(outline, 'nowhere')).toBeUndefined();
  });
});
