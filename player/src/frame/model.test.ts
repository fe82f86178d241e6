import { describe, expect, it } from 'vitest';
import cases from '../../../src/scorm/data-model/cases.json';
import type { Switch } from '../shared/protocol.ts';
import { DataModel } from './model.ts';
import { type Access, tableOf, type Version } from './table.ts';

/** The cases that the server's own validation runs too. */
describe('the shared cases of the data models', () => {
  for (const story of cases) {
    it(story.name, () => {
      const table = tableOf(story.version as Version, (story as { edition?: number }).edition);
      const access = (story as { access?: Record<string, Access> }).access;
      const tolerance = (story as { tolerance?: Switch[] }).tolerance;
      const elements = story.initial as unknown as Record<string, string>;
      const model = new DataModel(table, { elements, access, tolerance });
      for (const [call, name = '', value = '', code] of story.steps as [string, string, string, number][]) {
        const outcome = call === 'get' ? model.get(name) : model.set(name, value);
        const seen = 'fault' in outcome ? table.code(outcome.fault) : 0;
        expect(`${call} ${name} ${value} ${seen}`).toBe(`${call} ${name} ${value} ${code}`);
        if (call === 'get') expect('value' in outcome ? outcome.value : '').toBe(value);
      }
    });
  }
});

describe('the tables', () => {
  for (const version of ['scorm12', 'scorm2004'] as const) {
    const table = tableOf(version);

    it(`${version}: every element has a known type, and every default and token is itself valid`, () => {
      for (const element of table.elements) {
        expect(table.types[element.type], element.name).toBeDefined();
        for (const required of element.requires ?? []) expect(table.elements.some((other) => other.name === required)).toBe(true);
        if (element.settable) expect(element.vocabulary).toEqual(expect.arrayContaining([...element.settable]));
      }
    });

    it(`${version}: the children listed are the children there are`, () => {
      for (const element of table.elements.filter((candidate) => candidate.keyword === 'children')) {
        const parent = element.name.slice(0, -'._children'.length);
        const isArray = table.elements.some((other) => other.name.startsWith(`${parent}.n.`));
        const prefix = isArray ? `${parent}.n.` : `${parent}.`;
        const actual = new Set(
          table.elements
            .filter((other) => other.name.startsWith(prefix))
            .map((other) => other.name.slice(prefix.length).split('.')[0])
            .filter((child) => child !== '_children' && child !== '_count'),
        );
        expect(new Set(element.default?.split(',')), element.name).toEqual(actual);
      }
    });

    it(`${version}: every code that can be answered has a text`, () => {
      for (const fault of [
        'general',
        'argument',
        'unknown',
        'type',
        'range',
        'keyword',
        'read_only',
        'write_only',
        'index_set',
        'dependency',
      ]) {
        expect(table.errorText(String(table.code(fault))), fault).not.toBe('');
      }
    });
  }
});

describe('the editions of SCORM 2004', () => {
  const codes = (edition: number) => {
    const table = tableOf('scorm2004', edition);
    const model = new DataModel(table, { elements: { 'adl.data.0.id': 'panier', 'cmi.objectives.0.id': 'o' } });
    const names = ['adl.data._count', 'adl.data.0.id', 'adl.nav.request_valid.jump.{target=a}', 'cmi.objectives.0.id'];
    return names.map((name) => {
      const outcome = model.get(name);
      return 'fault' in outcome ? table.code(outcome.fault) : 0;
    });
  };

  it('shared data and jumps came with the fourth', () => {
    expect(codes(4)).toEqual([0, 0, 0, 0]);
    for (const edition of [2, 3]) expect(codes(edition)).toEqual([401, 401, 401, 0]);
  });

  it('a launch that does not tell is of the newest', () => {
    expect(tableOf('scorm2004')).toBe(tableOf('scorm2004', 4));
  });
});

describe('what is kept and what is sent', () => {
  const model = (elements: Record<string, string> = {}) => new DataModel(tableOf('scorm2004'), { elements });

  it('sends only what changed, once, in order', () => {
    const subject = model({ 'cmi.location': 'p1' });
    subject.set('cmi.location', 'p1');
    expect(subject.isDirty).toBe(false);
    subject.set('cmi.suspend_data', 'a');
    subject.set('cmi.location', 'p2');
    subject.set('cmi.suspend_data', 'b');
    expect(subject.takeChanges()).toEqual({ 'cmi.suspend_data': 'b', 'cmi.location': 'p2' });
    expect(subject.isDirty).toBe(false);
  });

  it('sends nothing of a refused value', () => {
    const subject = model();
    subject.set('cmi.score.scaled', '2');
    subject.set('cmi.objectives.0.score.raw', '2');
    expect(subject.isDirty).toBe(false);
    expect(subject.get('cmi.objectives._count')).toEqual({ value: '0' });
  });

  it('accepts every length the standard obliges it to keep', () => {
    const subject = model();
    expect(subject.set('cmi.suspend_data', 'é'.repeat(64_000))).toHaveProperty('value');
    expect(subject.set('cmi.location', 'x'.repeat(1_000))).toHaveProperty('value');
    for (let index = 0; index < 250; index += 1) expect(subject.set(`cmi.interactions.${index}.id`, 'q')).toHaveProperty('value');
    for (let index = 0; index < 100; index += 1)
      expect(subject.set(`cmi.objectives.${index}.id`, `o${index}`)).toHaveProperty('value');
    const old = new DataModel(tableOf('scorm12'), { elements: {} });
    expect(old.set('cmi.suspend_data', 'x'.repeat(4_096))).toHaveProperty('value');
    expect(old.set('cmi.suspend_data', 'x'.repeat(262_145))).toHaveProperty('fault', 'type');
  });

  it('puts back what an earlier session could not send', () => {
    const subject = model({ 'cmi.location': 'p1' });
    subject.restore({ 'cmi.location': 'p4', 'cmi.interactions.0.id': 'q1', 'cmi.unheard': 'x' });
    expect(subject.get('cmi.location')).toEqual({ value: 'p4' });
    expect(subject.get('cmi.interactions._count')).toEqual({ value: '1' });
    expect(subject.takeChanges()).toEqual({ 'cmi.location': 'p4', 'cmi.interactions.0.id': 'q1' });
  });

  it('tells the content which requests are valid now', () => {
    const subject = model();
    subject.allow({ continue: true, previous: false, choice: { 'module.1': true }, jump: { 'module.1': false } });
    expect(subject.get('adl.nav.request_valid.continue')).toEqual({ value: 'true' });
    expect(subject.get('adl.nav.request_valid.previous')).toEqual({ value: 'false' });
    expect(subject.get('adl.nav.request_valid.choice.{target=module.1}')).toEqual({ value: 'true' });
    expect(subject.get('adl.nav.request_valid.jump.{target=module.1}')).toEqual({ value: 'false' });
    expect(subject.isDirty).toBe(false);
  });
});
