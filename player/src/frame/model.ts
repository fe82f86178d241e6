/**
 * The values of one activity and the rules for reading and writing them. Pure: no DOM, no clock, no network.
 *
 * Everything it knows of elements it knows from the table; the order of the checks is the one of the table's README.
 */

import type { Switch } from '../shared/protocol.ts';
import type { Access, Element, Fault, Resolved, Table } from './table.ts';
import { check, checkFormat, isSame } from './values.ts';

export type Outcome = { readonly value: string } | { readonly fault: Fault; readonly why: string };

export interface Initial {
  /** Every element with a value, arrays flattened: `cmi.objectives.0.id`. */
  readonly elements: Readonly<Record<string, string>>;
  /** Narrower access for single elements: `adl.data.n.store` by the manifest's readSharedData and writeSharedData. */
  readonly access?: Readonly<Record<string, Access>> | undefined;
  readonly tolerance?: readonly Switch[] | undefined;
}

export interface ValidRequests {
  readonly continue?: boolean | undefined;
  readonly previous?: boolean | undefined;
  /** By the identifier of the target. */
  readonly choice?: Readonly<Record<string, boolean>> | undefined;
  readonly jump?: Readonly<Record<string, boolean>> | undefined;
}

export class DataModel {
  readonly table: Table;
  readonly #values = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  readonly #access: Readonly<Record<string, Access>>;
  readonly #changed = new Set<string>();
  readonly #tolerance: ReadonlySet<Switch>;

  constructor(table: Table, initial: Initial) {
    this.table = table;
    this.#access = initial.access ?? {};
    this.#tolerance = new Set(initial.tolerance);
    for (const [name, value] of Object.entries(initial.elements)) this.#preload(name, value);
  }

  get(name: string): Outcome {
    if (name === '') return fault(this.table.version === 'scorm12' ? 'argument' : 'general_get', 'The element name is empty.');
    const resolved = this.table.resolve(name);
    if (!resolved) return this.#unknown(name, this.table.unknownFault(name));
    const { element } = resolved;
    if (isClosed(this.#accessOf(name, element), 'wo')) return fault('write_only', `${name} is write only.`);
    const outside = resolved.path.find((step) => step.index >= this.count(step.concrete));
    if (outside) {
      return fault(
        'index_get',
        `${outside.concrete} has ${this.count(outside.concrete)} entries: there is no index ${outside.index}.`,
      );
    }
    if (element.keyword === 'count') return { value: String(this.count(name.slice(0, -'._count'.length))) };
    const decided = this.#decided(element);
    if (decided !== undefined) return { value: decided };
    const value = this.#values.get(name) ?? element.default;
    if (value !== undefined) return { value };
    return this.bears('unset-is-empty') ? { value: '' } : fault('unset', `${name} has no value yet.`);
  }

  set(name: string, value: string): Outcome {
    if (name === '') return fault(this.table.version === 'scorm12' ? 'argument' : 'general_set', 'The element name is empty.');
    const resolved = this.table.resolve(name);
    if (!resolved) return this.#unknown(name, 'unknown');
    const { element } = resolved;
    if (element.keyword) return fault('keyword', `${name} is a keyword.`);
    if (isClosed(this.#accessOf(name, element), 'ro')) return fault('read_only', `${name} is read only.`);
    const refused =
      this.#placeFault(resolved) ??
      (this.#isAsItIs(name)
        ? lengthFault(element, name, value)
        : (this.#dependencyFault(resolved) ?? this.#valueFault(resolved, name, value) ?? this.#kinFault(resolved, name, value)));
    if (refused) return refused;
    this.#store(resolved, name, element.append ? (this.#values.get(name) ?? '') + value : value);
    return { value };
  }

  /** How many entries a collection has, by its concrete name. */
  count(collection: string): number {
    return this.#counts.get(collection) ?? 0;
  }

  /** The stored value without any rule, for the session's own needs. */
  peek(name: string): string | undefined {
    return this.#values.get(name);
  }

  /** Whether the trainer wishes this to be borne. */
  bears(what: Switch): boolean {
    return this.#tolerance.has(what);
  }

  /** Takes a value away as if it had never been set. */
  forget(name: string): void {
    this.#values.delete(name);
    this.#changed.delete(name);
  }

  get isDirty(): boolean {
    return this.#changed.size > 0;
  }

  /** What changed since the last call, in the order of the changes. */
  takeChanges(): Record<string, string> {
    const changes: Record<string, string> = {};
    for (const name of this.#changed) changes[name] = this.#values.get(name) ?? '';
    this.#changed.clear();
    return changes;
  }

  /** Puts back changes of an earlier session that the server never saw; they count as changed now. */
  restore(changes: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(changes)) {
      const resolved = this.table.resolve(name);
      if (resolved && !resolved.element.keyword) this.#store(resolved, name, value);
    }
  }

  /** What the sequencing allows now. SN 5.6.4.2. */
  allow(requests: ValidRequests): void {
    const root = 'adl.nav.request_valid';
    if (!this.table.resolve(`${root}.continue`)) return;
    if (requests.continue !== undefined) this.#values.set(`${root}.continue`, String(requests.continue));
    if (requests.previous !== undefined) this.#values.set(`${root}.previous`, String(requests.previous));
    for (const kind of ['choice', 'jump'] as const) {
      for (const [target, allowed] of Object.entries(requests[kind] ?? {})) {
        this.#values.set(`${root}.${kind}.{target=${target}}`, String(allowed));
      }
    }
  }

  /**
   * Whether it is a part of an answer that is kept however it is written. The type and the weighting are not: what reads the
   * answers stands on them.
   */
  #isAsItIs(name: string): boolean {
    return this.bears('answers-as-they-are') && name.startsWith('cmi.interactions.') && ANSWER_PARTS.test(name);
  }

  #preload(name: string, value: string): void {
    const resolved = this.table.resolve(name);
    if (!resolved || resolved.element.keyword) return;
    this.#values.set(name, value);
    this.#grow(resolved);
  }

  #store(resolved: Resolved, name: string, value: string): void {
    this.#grow(resolved);
    if (this.#values.get(name) === value) return;
    this.#values.set(name, value);
    this.#changed.add(name);
  }

  #grow(resolved: Resolved): void {
    for (const step of resolved.path) {
      if (step.index >= this.count(step.concrete)) this.#counts.set(step.concrete, step.index + 1);
    }
  }

  #accessOf(name: string, element: Element): Access {
    return this.#access[name] ?? element.access;
  }

  #unknown(name: string, code: Fault): Outcome {
    const why = { no_children: 'has no children', no_count: 'is not an array' }[code as string];
    return fault(code, why ? `${name.slice(0, name.lastIndexOf('.'))} ${why}.` : `${name} is not an element of the data model.`);
  }

  // RTE 4.2.4.1 and 4.2.22.1: a threshold in the manifest overrides what the content reported.
  #decided(element: Element): string | undefined {
    const rule = element.decided_by;
    if (!rule) return undefined;
    const threshold = this.#values.get(rule.threshold);
    if (threshold === undefined || threshold === '') return undefined;
    const measure = this.#values.get(rule.measure);
    if (measure === undefined || measure === '') return rule.unmeasured;
    return Number(measure) >= Number(threshold) ? rule.reached : rule.below;
  }

  #placeFault({ element, path }: Resolved): Outcome | undefined {
    for (const step of path) {
      const count = this.count(step.concrete);
      if (step.index > count || (element.fixed && step.index === count)) {
        return fault('index_set', `${step.concrete} has ${count} entries: index ${step.index} is out of order.`);
      }
      if (step.index === count && count >= step.collection.limit) {
        return fault('collection_full', `${step.concrete} holds at most ${step.collection.limit} entries.`);
      }
    }
    return undefined;
  }

  #dependencyFault(resolved: Resolved): Outcome | undefined {
    const missing = resolved.element.requires?.find((required) => !this.#values.has(placed(required, resolved)));
    return missing ? fault('dependency', `${placed(missing, resolved)} must be set before.`) : undefined;
  }

  #valueFault({ element, path }: Resolved, name: string, value: string): Outcome | undefined {
    const part = this.table.types[element.type]?.format;
    if (part === undefined) {
      const verdict = check(this.table, element, value);
      if (verdict === 'good') return undefined;
      return fault(verdict, `${name} cannot be ${quoted(value)}.`);
    }
    const format = this.#formatOf(path[0]?.concrete, path[0]?.index);
    const rule = part === 'pattern' ? format?.pattern : format?.response;
    const fits =
      (element.limit === undefined || value.length <= element.limit) &&
      rule !== undefined &&
      checkFormat(this.table, rule, value);
    return fits ? undefined : fault('type', `${name} cannot be ${quoted(value)} for this type of interaction.`);
  }

  /** Rules between the entries of one collection. */
  #kinFault({ element, path }: Resolved, name: string, value: string): Outcome | undefined {
    const present = this.#values.get(name);
    if (element.immutable && present !== undefined && present !== value)
      return fault('immutable', `${name} is already ${quoted(present)}.`);
    const own = path.at(-1);
    if (!own) return undefined;
    const isPattern = this.table.types[element.type]?.format === 'pattern';
    const format = isPattern ? this.#formatOf(path[0]?.concrete, path[0]?.index) : undefined;
    if (format?.patterns === 1 && own.index > 0)
      return fault('general_set', 'This type of interaction has one correct response.');
    if (!element.unique && !format?.distinct) return undefined;
    const leaf = name.slice(name.lastIndexOf('.'));
    for (let index = 0; index < this.count(own.concrete); index += 1) {
      const other = this.#values.get(`${own.concrete}.${index}${leaf}`);
      if (index === own.index || other === undefined) continue;
      if (format ? isSame(format.pattern, other, value) : other === value) {
        return fault('duplicate', `${own.concrete}.${index}${leaf} is already ${quoted(value)}.`);
      }
    }
    return undefined;
  }

  #formatOf(collection: string | undefined, index: number | undefined) {
    const type = this.#values.get(`${collection}.${index}.type`);
    return type === undefined ? undefined : this.table.formats[type];
  }
}

const ANSWER_PARTS = /\.(?:id|learner_response|student_response|pattern|result|latency|timestamp)$/;

/** However it is written: nothing but its length is asked. */
function lengthFault({ limit }: Element, name: string, value: string): Outcome | undefined {
  return limit !== undefined && value.length > limit ? fault('type', `${name} is longer than ${limit} characters.`) : undefined;
}

/** Whether reading (`wo`) or writing (`ro`) is closed. */
function isClosed(access: Access, by: 'wo' | 'ro'): boolean {
  return access === by || access === 'none';
}

function fault(code: Fault, why: string): Outcome {
  return { fault: code, why };
}

/** `cmi.interactions.n.type` at the indices of the element being set. */
function placed(general: string, resolved: Resolved): string {
  let level = 0;
  return general
    .split('.')
    .map((part) => (part === 'n' ? String(resolved.path[level++]?.index ?? 0) : part))
    .join('.');
}

function quoted(value: string): string {
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}
