import { describe, expect, it, vi } from 'vitest';
import { type Going, insteadOf, isUpward, takeOpenings } from './upward.ts';

function going(about: Partial<Going>): Going {
  return {
    cancelable: true,
    hashChange: false,
    navigationType: 'push',
    destination: { url: 'http://content.test/c/x/b.html' },
    ...about,
    preventDefault: vi.fn<() => void>(),
  };
}

describe('content that leads past its frame', () => {
  it('is opened within it instead, and the frame with the API stays', () => {
    const event = going({});
    expect(insteadOf(event)).toBe('http://content.test/c/x/b.html');
    expect(event.preventDefault).toHaveBeenCalled();
  });

  it('goes nowhere where there is nothing to open', () => {
    for (const about of [{ destination: { url: 'about:blank' } }, { hashChange: true }]) {
      const event = going(about);
      expect(insteadOf(event)).toBeUndefined();
      expect(event.preventDefault).toHaveBeenCalled();
    }
  });

  it('leaves the history of the tab to the browser', () => {
    for (const about of [{ navigationType: 'traverse' }, { cancelable: false }]) {
      const event = going(about);
      expect(insteadOf(event)).toBeUndefined();
      expect(event.preventDefault).not.toHaveBeenCalled();
    }
  });

  it('is known by its target: what is nested may go on in the content', () => {
    const asked = [isUpward('_top', false), isUpward('_PARENT', true), isUpward('_parent', false), isUpward('menu', true)];
    expect(asked).toEqual([true, true, false, false]);
  });

  it('is opened within it by its scripts as well, and what they open beside stays beside', () => {
    const open = vi.fn<Window['open']>();
    const go = vi.fn<(url: string) => void>();
    const content = { open, document: { baseURI: 'http://content.test/c/x/a/index.html' } };
    takeOpenings(content, go, true);
    expect(content.open('../b.html', '_top')).toBe(content);
    content.open('b.html', '_PARENT');
    expect(go.mock.calls).toEqual([['http://content.test/c/x/b.html'], ['http://content.test/c/x/a/b.html']]);
    expect(open).not.toHaveBeenCalled();
    for (const [url, target] of [
      ['b.html', '_blank'],
      ['b.pdf', undefined],
      ['', '_top'],
      ['about:blank', '_top'],
    ]) {
      content.open(url, target);
      expect(open).toHaveBeenLastCalledWith(url, target, undefined);
    }
    expect(go).toHaveBeenCalledTimes(2);
  });
});
