/** Whether a value is written as its type demands: the rules of `types` and `formats` in the tables. Pure. */

import type { Element, Format, Table } from './table.ts';

export type Verdict = 'good' | 'type' | 'range';

const patterns = new Map<string, RegExp>();

function matches(pattern: string, value: string): boolean {
  let compiled = patterns.get(pattern);
  if (!compiled) {
    compiled = new RegExp(pattern);
    patterns.set(pattern, compiled);
  }
  // `$` also matches nothing but the end here: the tables use no multi-line flag.
  return compiled.test(value);
}

/** The value of an element other than a `format`, against its type(s), tokens, length and range. */
export function check(table: Table, element: Element, value: string): Verdict {
  if (element.limit !== undefined && value.length > element.limit) return 'type';
  if (value === '' && element.blank) return 'good';
  const first = checkType(table, element.type, value, element);
  if (first === 'good' || element.or === undefined) return first;
  return checkType(table, element.or, value, element);
}

function checkType(table: Table, name: string, value: string, element?: Element): Verdict {
  const type = table.types[name];
  if (!type) return 'type';
  switch (type.kind) {
    case 'vocabulary': {
      const tokens = element?.settable ?? element?.vocabulary ?? type.vocabulary ?? [];
      if (tokens.includes(value)) return 'good';
      return type.pattern !== undefined && matches(type.pattern, value) ? 'good' : 'type';
    }
    case 'number': {
      if (type.pattern !== undefined && !matches(type.pattern, value)) return 'type';
      const number = Number(value);
      if (!Number.isFinite(number)) return 'type';
      const [min, max] = element?.range ?? type.range ?? [];
      return (min ?? number) <= number && number <= (max ?? number) ? 'good' : 'range';
    }
    case 'identifier': {
      const pattern = /^urn:/i.test(value) ? type.urn : type.pattern;
      return pattern === undefined || matches(pattern, value) ? 'good' : 'type';
    }
    case 'localized':
      return isLocalized(table, value) ? 'good' : 'type';
    case 'time':
      return matches(type.pattern ?? '', value) && isDay(value) ? 'good' : 'type';
    case 'interval':
      // The pattern allows every component to be absent; ISO 8601 wants one, and one after a T.
      return value !== 'P' && !value.endsWith('T') && matches(type.pattern ?? '', value) ? 'good' : 'type';
    default:
      return type.pattern === undefined || matches(type.pattern, value) ? 'good' : 'type';
  }
}

/** The pattern lets every month have 31 days. */
function isDay(value: string): boolean {
  const [year, month, day] = value.slice(0, 10).split('-').map(Number);
  return day === undefined || day <= new Date(Date.UTC(year ?? 0, month ?? 0, 0)).getUTCDate();
}

function isLocalized(table: Table, value: string): boolean {
  const tag = /^\{lang=([^}]*)\}/.exec(value)?.[1];
  return tag === undefined || checkType(table, 'language', tag) === 'good';
}

const FLAG = /^\{(case_matters|order_matters)=([^{}]*)\}/;

/** A response or a correct response pattern of an interaction. RTE 4.2.9.1 and 4.2.9.2. */
export function checkFormat(table: Table, format: Format, value: string): boolean {
  let rest = value;
  const seen = new Set<string>();
  for (let flag = FLAG.exec(rest); flag; flag = FLAG.exec(rest)) {
    const name = flag[1] ?? '';
    if (!format.flags?.includes(name)) break;
    if (seen.has(name) || (flag[2] !== 'true' && flag[2] !== 'false')) return false;
    seen.add(name);
    rest = rest.slice(flag[0].length);
  }
  if (rest === '' && format.empty) return true;
  const items = format.separator === undefined ? [rest] : rest.split(format.separator);
  if (format.set && new Set(items).size !== items.length) return false;
  return items.every((item) => (format.pair === undefined ? isItem(table, format.of, item) : isPair(table, format, item)));
}

function isPair(table: Table, format: Format, item: string): boolean {
  const pair = format.pair ?? '';
  const [first = '', second, ...more] = item.split(pair);
  if (second === undefined || more.length > 0 || (first === '' && second === '')) return false;
  return isItem(table, format.of, first) && isItem(table, format.with ?? '', second);
}

/** Whether two patterns of one type say the same: where the items are a set, their order says nothing. */
export function isSame(format: Format, one: string, other: string): boolean {
  return one === other || (format.set === true && sorted(format, one) === sorted(format, other));
}

function sorted({ separator = '' }: Format, value: string): string {
  return value.split(separator).sort().join(separator);
}

function isItem(table: Table, of: string, item: string): boolean {
  switch (of) {
    case 'range':
      return isRange(table, item);
    case 'step_name':
      return item === '' || checkType(table, 'short_identifier', item) === 'good';
    case 'step_answer':
      return true;
    case 'step_range':
      return !item.includes('[:]') || isRange(table, item);
    default:
      return checkType(table, of, item) === 'good';
  }
}

function isRange(table: Table, value: string): boolean {
  const bounds = value.split('[:]');
  if (bounds.length !== 2) return false;
  if (!bounds.every((bound) => bound === '' || checkType(table, 'real', bound) === 'good')) return false;
  const [low = '', high = ''] = bounds;
  return low === '' || high === '' || Number(low) <= Number(high);
}
