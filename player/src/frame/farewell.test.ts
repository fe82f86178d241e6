import { describe, expect, it } from 'vitest';
import { type Listening, sayFarewell } from './farewell.ts';

class Synthetic {
  type = '';
  initEvent(type: string): void {
    this.type = type;
  }
}

function made(name: string, heard: string[], inner: Listening[] = [], act = () => {}): Listening {
  return {
    document: { createEvent: () => new Synthetic() as unknown as Event },
    ...{ ...inner },
    length: inner.length,
    dispatchEvent: (event) => {
      heard.push(`${name} ${event.type}`);
      act();
      return true;
    },
  };
}

describe('a farewell', () => {
  it('reaches the content and what is nested in it, the outer first', () => {
    const heard: string[] = [];
    sayFarewell(made('shell', heard, [made('page', heard, [made('quiz', heard)]), made('menu', heard)]));
    expect(heard).toEqual(['shell beforeunload', 'page beforeunload', 'quiz beforeunload', 'menu beforeunload']);
  });

  it('passes by a frame of another origin', () => {
    const heard: string[] = [];
    const foreign = new Proxy({} as Listening, {
      get: () => {
        throw new DOMException('Blocked', 'SecurityError');
      },
    });
    sayFarewell(made('shell', heard, [foreign, made('page', heard)]));
    expect(heard).toEqual(['shell beforeunload', 'page beforeunload']);
    sayFarewell(foreign);
    sayFarewell(null);
  });

  it('still reaches the others when one throws', () => {
    const heard: string[] = [];
    const faulty = made('faulty', heard, [], () => {
      throw new Error('content');
    });
    sayFarewell(made('shell', heard, [faulty, made('page', heard)]));
    expect(heard).toEqual(['shell beforeunload', 'faulty beforeunload', 'page beforeunload']);
  });
});
