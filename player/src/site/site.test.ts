import { expect, test } from 'vitest';
import { matching } from './combobox.ts';
import { moved } from './sortable-list.ts';
import { compare } from './tables.ts';
import { address, size } from './upload.ts';

test('typing without accents finds the accented name', () => {
  expect(matching(['Éric Lefèvre', 'Inès Carpentier'], 'eric lef')).toEqual(['Éric Lefèvre']);
  expect(matching(['Éric', 'Inès'], '')).toEqual(['Éric', 'Inès']);
});

test('a row moves and the others keep their order', () => {
  expect(moved(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a']);
  expect(moved(['a', 'b', 'c'], 2, -1)).toEqual(['c', 'a', 'b']);
});

test('columns are sorted by number or by language, empty cells last', () => {
  expect(['10', '9', ''].sort((a, b) => compare(a, b, 'fr'))).toEqual(['9', '10', '']);
  expect(['zoé', 'Éric', 'denis'].sort((a, b) => compare(a, b, 'fr'))).toEqual(['denis', 'Éric', 'zoé']);
});

test('an upload goes to what it became', () => {
  expect(address('/trainer/packages/{id}', { id: 'a/b' })).toBe('/trainer/packages/a%2Fb');
  expect(address('/trainer/packages/{id}', { title: 'refused' })).toBeNull();
});

test('sizes are written by language', () => {
  expect(size(1_234_567, 'fr')).toBe('1,2\u00a0Mo');
  expect(size(42_000_000, 'en')).toBe('42\u00a0MB');
});
