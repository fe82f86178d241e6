import { describe, expect, it } from 'vitest';
import { DataModel } from './model.ts';
import { tableOf } from './table.ts';

/** A small generator with a seed: a failure can be had again. */
function generator(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const VALUES = [
  '',
  '0',
  '0.5',
  '-1',
  '100',
  '1e9',
  'true',
  'a',
  'b',
  'urn:preau:a',
  'two words',
  'completed',
  'passed',
  'incomplete',
  'correct',
  'choice',
  'fill-in',
  'performance',
  'numeric',
  'a[,]b',
  'a[.]b',
  '1[:]2',
  '{case_matters=true}x',
  '{lang=fr}x',
  '{lang=',
  'PT1S',
  '00:00:01',
  '2026-11-21',
  '{target=a}choice',
  'continue',
  'suspend',
  '\u0000',
  '🦺',
  '__proto__',
];

for (const version of ['scorm12', 'scorm2004'] as const) {
  describe(`${version}, whatever content does`, () => {
    const table = tableOf(version);
    const names = [
      ...table.elements.map(({ name }) => name),
      'cmi',
      'cmi.core',
      'cmi.nothing',
      'adl.nav.request_valid.choice.{target=a}',
      'a..b',
      '.',
    ];

    for (let seed = 1; seed <= 20; seed += 1) {
      it(`seed ${seed}: nothing throws, what is set can be read, what is refused changes nothing, arrays have no holes`, () => {
        const next = generator(seed);
        const model = new DataModel(table, { elements: {} });
        const pick = <T>(from: readonly T[]): T => from[next(from.length)] as T;
        for (let step = 0; step < 1_500; step += 1) {
          const name = pick(names).replace(/\bn\b/g, () => String(next(4)));
          const value = pick(VALUES);
          const before = model.peek(name);
          const outcome = model.set(name, value);
          const element = table.resolve(name)?.element;
          if ('fault' in outcome) {
            expect(model.peek(name)).toBe(before);
            expect(table.errorText(String(table.code(outcome.fault)))).not.toBe('');
          } else if (element?.append) {
            expect(model.peek(name)).toBe((before ?? '') + value);
          } else {
            expect(model.peek(name)).toBe(value);
            if (element?.access === 'rw' && !element.decided_by) expect(model.get(name)).toEqual({ value });
          }
        }
        const changes = model.takeChanges();
        const again = new DataModel(table, { elements: changes });
        for (const { name } of table.elements) {
          for (let outer = 0; outer < 5; outer += 1) {
            const concrete = name.replace(/\bn\b/g, String(outer));
            expect(again.get(concrete)).toEqual(model.get(concrete));
          }
        }
      });
    }
  });
}
