import { afterEach, describe, expect, it, vi } from 'vitest';

describe('the page content goes to when it leaves', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it('tells the frame around it, on its own origin', async () => {
    const postMessage = vi.fn();
    vi.stubGlobal('location', { origin: 'http://content.test' });
    vi.stubGlobal('window', { parent: { postMessage } });
    await import('./left.ts');
    expect(postMessage.mock.calls).toEqual([[{ preau: 1, type: 'left' }, 'http://content.test']]);
  });

  it('says nothing when it is opened by itself', async () => {
    const postMessage = vi.fn();
    const window = { parent: undefined as unknown, postMessage };
    window.parent = window;
    vi.stubGlobal('location', { origin: 'http://content.test' });
    vi.stubGlobal('window', window);
    await import('./left.ts');
    expect(postMessage).not.toHaveBeenCalled();
  });
});
