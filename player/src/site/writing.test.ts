import { expect, test } from 'vitest';
import { bold, type Change, heading, link, list, picture, type Selected } from './writing.ts';

const at = (text: string, from: number, to = from): Selected => ({ text, from, to });
const done = (selected: Selected, change: Change) =>
  selected.text.slice(0, change.from) + change.text + selected.text.slice(change.to);

test('a heading and a list are set on whole lines, and taken back', () => {
  const one = at('Casque\nGants', 2, 9);
  expect(done(one, list(one))).toBe('- Casque\n- Gants');
  const again = at('- Casque\n- Gants', 2, 12);
  expect(done(again, list(again))).toBe('Casque\nGants');
  const title = at('a\nTitre\nb', 3);
  expect(done(title, heading(title))).toBe('a\n## Titre\nb');
});

test('bold goes around what is selected, and away again', () => {
  const word = at('un mot', 3, 6);
  expect(done(word, bold(word, 'x'))).toBe('un **mot**');
  const inside = at('un **mot**', 5, 8);
  expect(done(inside, bold(inside, 'x'))).toBe('un mot');
  const nothing = bold(at('', 0), 'gras');
  expect([nothing.text, nothing.select]).toEqual(['**gras**', [2, 6]]);
});

test('a link asks for what is missing', () => {
  const words = at('voir la loi', 5, 11);
  const change = link(words, 'texte');
  expect(done(words, change)).toBe('voir [la loi](https://)');
  expect(done(words, change).slice(...(change.select ?? [0, 0]))).toBe('https://');
  const address = at('https://a.fr', 0, 12);
  expect(done(address, link(address, 'texte'))).toBe('[texte](https://a.fr)');
});

test('an alternative text cannot end the picture early', () => {
  expect(picture('a.png', 'un](javascript:x)\ncasque')).toBe('![un (javascript:x) casque](a.png)');
});
