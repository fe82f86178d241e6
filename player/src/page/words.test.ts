import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { wordsOf } from './config.ts';
import keys from './words.json';

const source = (folder: string) =>
  readdirSync(new URL(folder, import.meta.url), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => readFileSync(new URL(`${folder}/${file}`, import.meta.url), 'utf8'))
    .join('\n');

describe('the words of the player', () => {
  it('fill their placeholders and show the key of a missing one', () => {
    const words = wordsOf({ position: '{position} sur {duration}' });
    expect(words('position', { position: '0:05', duration: '1:00' })).toBe('0:05 sur 1:00');
    expect(words('position', { position: '0:05' })).toBe('0:05 sur {duration}');
    expect(words('nothing')).toBe('nothing');
  });

  for (const language of ['fr', 'en']) {
    it(`are complete in ${language}`, () => {
      const messages = readFileSync(new URL(`../../../src/locales/${language}/player.ftl`, import.meta.url), 'utf8');
      const written = [...messages.matchAll(/^player-word-(\S+) = \S/gm)].map(([, key]) => key);
      expect(written.toSorted()).toEqual(keys.toSorted());
    });
  }

  it('are the words the code asks for', () => {
    const code = source('.');
    const asked = new Set([...code.matchAll(/words?\(\s*'([a-z-]+)'/g)].map(([, key]) => key));
    for (const key of asked) expect(keys).toContain(key);
    for (const key of keys) expect(code.includes(`'${key}'`) || /^status-/.test(key), key).toBe(true);
  });
});
