/**
 * Random calls against this data model and against the npm package scorm-again: return value and error code are the same, but for
 * what `scorm-again.faults.ts` lists. PREAU_DIFFERENTIAL_ROUNDS searches for longer, PREAU_DIFFERENTIAL_SEED elsewhere.
 */

import { Scorm12API, Scorm2004API } from 'scorm-again';
import { describe, expect, it, vi } from 'vitest';
import { api12, api2004, ScormApi } from './api.ts';
import { DataModel } from './model.ts';
import { type Answer, KNOWN, type KnownFault, type Seen } from './scorm-again.faults.ts';
import { type Table, tableOf, type Version } from './table.ts';
import { check } from './values.ts';

const ROUNDS = Number(process.env.PREAU_DIFFERENTIAL_ROUNDS ?? 1_500);
const SEED = Number(process.env.PREAU_DIFFERENTIAL_SEED ?? 20261122);
/** Calls of one round, as both models begin anew. */
const CALLS = 80;

/** What the system sets before the content begins; the same for both. */
const INITIAL: Record<Version, Record<string, unknown>> = {
  scorm12: {
    core: { student_id: '42', student_name: 'Petit', entry: 'ab-initio', credit: 'credit', total_time: '00:00:00' },
    launch_data: 'x',
  },
  scorm2004: { learner_id: '42', learner_name: 'Petit', entry: 'ab-initio', launch_data: 'x', total_time: 'PT0H0M0S' },
};

const VALUES = [
  ...['', '0', '1', '-1', '0.5', '-0.5', '100', '101', '1e2', '1.', '.5', '+1', '01', '2026', 'abc', 'a', 'b', 'a b'],
  ...['urn:preau:a', 'completed', 'incomplete', 'passed', 'failed', 'unknown', 'not attempted', 'browsed', 'Completed'],
  ...['correct', 'incorrect', 'wrong', 'neutral', 'unanticipated', 'true', 'false', 't', 'true-false', 'choice', 'fill-in'],
  ...['long-fill-in', 'likert', 'matching', 'performance', 'sequencing', 'numeric', 'other', 'a[,]b', 'b[,]a', 'a[,]a'],
  ...['a[.]b', 'a[.]b[,]c[.]d', 'a[.]', '[.]b', '[.]', 'a[.]b[.]c', '1[:]2', '2[:]1', '[:]', '1[:]', 'x[:]y'],
  ...['{case_matters=true}x', '{case_matters=maybe}x', '{order_matters=false}a[,]b', '{order_matters=true}a[.]1[:]3'],
  ...['{lang=fr}x', '{lang=fr', '{lang=}x', 'PT1H', 'PT', 'P', 'P1D', 'P1Y2M3DT4H5M6.78S', 'PT1.234S', 'P1DT', '00:00:01'],
  ...['0000:00:00.00', '1:00:00', '00:61:00', '00:00:61', '10:59:59.5', '25:00:00', '00:00:00.123', '2026-02'],
  ...['2026-02-29', '2024-02-29', '2026-11-21T10:00:00Z', '2026-11-21T10:00:00.5+01:00', '2026-11-21T10:00:00.123Z'],
  ...['2026-11-21T10', '1969-01-01', '2039-01-01', 'suspend', 'logout', 'time-out', 'normal', 'timeout', 'continue'],
  ...['{target=a}choice', '{target=a}jump', 'jump', '_none_', 'exitAll', 'fr', 'fr-FR', 'french!', '🦺'],
  ...[251, 256, 1_001, 4_001, 4_097].map((length) => 'x'.repeat(length)),
];

const NO_ELEMENTS = [
  ...['cmi', 'cmi.core', 'cmi.nothing', 'cmi.score', 'cmi.interactions', 'cmi.objectives.n', 'nothing', 'adl', 'adl.nav', ''],
  ...['cmi.location._children', 'cmi.suspend_data._children', 'cmi.suspend_data._count', 'cmi.core._count', 'cmi._children'],
  ...['cmi.objectives.n._children', 'cmi.interactions.n.objectives._children', 'cmi.interactions.n.nothing'],
];

interface Api {
  get(name: string): Answer;
  set(name: string, value: string): Answer;
  readonly code: string;
}

/** Both APIs under one name. */
function facing(version: Version, subject: object): Api {
  const api = subject as Record<string, (...parts: string[]) => unknown>;
  const call = (name: string, ...parts: string[]) => {
    const own = api[version === 'scorm12' && !name.startsWith('LMS') ? `LMS${name}` : name];
    return String(own?.call(api, ...parts));
  };
  const answer = (value: string): Answer => ({ value, code: call('GetLastError') });
  call('Initialize', '');
  return {
    get: (name) => answer(call('GetValue', name)),
    set: (name, value) => answer(call('SetValue', name, value)),
    get code() {
      return call('GetLastError');
    },
  };
}

function ours(version: Version): Api {
  const flat = (from: Record<string, unknown>, path: string): [string, string][] =>
    Object.entries(from).flatMap(([name, value]) =>
      typeof value === 'string'
        ? [[`${path}.${name}`, value] as [string, string]]
        : flat(value as Record<string, unknown>, `${path}.${name}`),
    );
  const model = new DataModel(tableOf(version), { elements: Object.fromEntries(flat(INITIAL[version], 'cmi')) });
  const api = new ScormApi(model, { changed: () => {}, commit: () => {}, terminate: () => {}, reopened: () => {} });
  return facing(version, version === 'scorm12' ? api12(api) : api2004(api));
}

function theirs(version: Version): Api {
  const settings = { autocommit: false, logLevel: 5 as const };
  const api = version === 'scorm12' ? new Scorm12API(settings) : new Scorm2004API(settings);
  api.loadFromJSON(structuredClone(INITIAL[version]) as never, 'cmi');
  return facing(version, api);
}

/** A small generator with a seed: a difference can be had again. */
function generator(seed: number) {
  let state = seed >>> 0;
  return <T>(from: readonly T[]): T => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return from[Math.floor((state / 2 ** 32) * from.length)] as T;
  };
}

/** The order of `_children` is nobody's to prescribe. */
function isSame(general: string, one: Answer, other: Answer): boolean {
  const plain = ({ value }: Answer) => (general.endsWith('._children') ? value.split(',').sort().join(',') : value);
  return one.code === other.code && plain(one) === plain(other);
}

/** Whether what is stored cannot be the same any more: one took the value, or an entry came to be by a refusal. */
function isParted({ call, ours, theirs, general }: Seen): boolean {
  return call === 'set' && (ours.code !== theirs.code || (ours.code !== '0' && general.includes('.n')));
}

/** Values that an element takes by our table, so that a walk comes to what lies behind them; for an answer, those with delimiters. */
function good(table: Table, name: string): readonly string[] {
  const element = table.resolve(name)?.element;
  if (!element) return VALUES;
  if (table.types[element.type]?.format) return VALUES.filter((value) => value.length < 3 || /[[{]/.test(value));
  const fitting = VALUES.filter((value) => check(table, element, value) === 'good');
  return fitting.length > 0 ? fitting : VALUES;
}

/** An interaction and an objective to walk on with. */
const BEGINNING = ['cmi.interactions.0.id', 'cmi.interactions.0.type', 'cmi.objectives.0.id'];

function round(version: Version, table: Table, pick: ReturnType<typeof generator>, told: (seen: Seen) => void): number {
  // What the sequencing decides is asked of the sequencing.
  const elements = table.elements.map(({ name }) => name).filter((name) => !name.startsWith('adl.nav.request_valid'));
  const often = elements.filter((name) => /response|pattern|timestamp|^cmi.comments$/.test(name));
  const names = [...elements, ...elements, ...often, ...often, ...often, ...NO_ELEMENTS];
  const beginning = pick([[], BEGINNING]);
  const [mine, other] = [ours(version), theirs(version)];
  for (let step = 0; step < CALLS; step += 1) {
    const name = beginning[step] ?? pick(names).replace(/(?<=\.)n(?=\.|$)/g, () => pick(['0', '0', '0', '0', '1', '1', '2']));
    const call = beginning[step] ? 'set' : pick(['get', 'set', 'set'] as const);
    const [value, before] = [pick(beginning[step] || pick([true, false]) ? good(table, name) : VALUES), other.code];
    const type = mine.get(name.replace(/^(cmi\.interactions\.\d+)\..*$/, '$1.type')).value;
    const [one, two] = call === 'get' ? [mine.get(name), other.get(name)] : [mine.set(name, value), other.set(name, value)];
    const general = name.replace(/(?<=\.)\d+(?=\.|$)/g, 'n');
    const isElement = table.resolve(name) !== undefined;
    const seen: Seen = { version, call, name, general, isElement, value, type, ours: one, theirs: two, before };
    if (!isSame(general, one, two)) told(seen);
    if (isParted(seen)) return step + 1;
  }
  return CALLS;
}

describe('beside scorm-again', () => {
  const met = new Map<KnownFault, Seen>();

  for (const version of ['scorm12', 'scorm2004'] as const) {
    it(`${version}: every call is answered the same, but for the faults that are listed`, {
      timeout: 60_000 + ROUNDS * 1_000,
    }, () => {
      vi.spyOn(console, 'warn').mockImplementation(() => {});
      const pick = generator(SEED);
      const unheard = new Map<string, Seen>();
      let calls = 0;
      for (let count = 0; count < ROUNDS; count += 1) {
        calls += round(version, tableOf(version), pick, (seen) => {
          const known = KNOWN.find((fault) => fault.is(seen));
          if (known) met.set(known, seen);
          else unheard.set(`${seen.call} ${seen.general} ${seen.ours.code}/${seen.theirs.code} ${seen.type}`, seen);
        });
      }
      expect([...unheard.values()]).toEqual([]);
      expect(calls).toBeGreaterThan(ROUNDS * 3);
    });
  }

  it.runIf(ROUNDS >= 20_000)('every fault that is listed is still there', () => {
    expect(KNOWN.filter((fault) => !met.has(fault) && !fault.rare).map(({ what }) => what)).toEqual([]);
  });
});
