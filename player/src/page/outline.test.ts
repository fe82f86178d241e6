import { describe, expect, it } from 'vitest';
import type { OutlineEntry } from './config.ts';
import { allowed, isNamed, isOpen, isWholeOpen, statusOf, withStatus } from './outline.ts';

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

  it('offers nothing that the content draws itself', () => {
    const requests = { continue: true, previous: true };
    expect(allowed(outline, 3, requests, ['continue', 'suspendAll'])).toEqual({ previous: true, next: false });
    expect(allowed(outline, 3, undefined, ['previous'])).toEqual({ previous: false, next: true });
  });

  it('knows what the server does not let the learner choose', () => {
    const last = outline[4] as OutlineEntry;
    expect(isOpen(last, undefined)).toBe(true);
    expect(isOpen(last, { choice: {} })).toBe(true);
    expect(isOpen(last, { choice: { 'ITEM-12': false } })).toBe(false);
    expect(isOpen(last, { choice: { 'ITEM-12': true } })).toBe(true);
  });

  it('offers a group, and the whole course, where the server says that it can be chosen', () => {
    const group = entry(2, false, { identifier: 'MODULE-1' });
    expect(isOpen(group, undefined)).toBe(false);
    expect(isOpen(group, { choice: {} })).toBe(false);
    expect(isOpen(group, { choice: { 'MODULE-1': true } })).toBe(true);
    expect(isWholeOpen('COURSE', { choice: { 'MODULE-1': true } })).toBe(false);
    expect(isWholeOpen('COURSE', { choice: { COURSE: true } })).toBe(true);
    expect(isWholeOpen(undefined, { choice: { COURSE: true } })).toBe(false);
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

  it('knows where content may want to go, also where the outline shows nothing', () => {
    expect(isNamed('ITEM-12', outline, undefined)).toBe(true);
    expect(isNamed('HIDDEN', outline, { choice: { HIDDEN: false } })).toBe(true);
    expect(isNamed('HIDDEN', outline, { jump: { HIDDEN: true } })).toBe(true);
    expect(isNamed('3', outline, { choice: {} })).toBe(false);
    expect(isNamed('toString', outline, { choice: {}, jump: {} })).toBe(false);
  });
});
