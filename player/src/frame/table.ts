/** The shape of the data model tables in `src/scorm/data-model/` (their README says what each field means), and name resolution. */

import table12 from '../../../src/scorm/data-model/scorm12.json';
import table2004 from '../../../src/scorm/data-model/scorm2004.json';

export type Access = 'ro' | 'rw' | 'wo' | 'none';
export type Keyword = 'version' | 'children' | 'count';
export type Range = readonly (number | null)[];

export interface ValueType {
  readonly kind: string;
  readonly pattern?: string;
  readonly urn?: string;
  readonly range?: Range;
  readonly vocabulary?: readonly string[];
  readonly format?: string;
}

export interface Decision {
  readonly threshold: string;
  readonly measure: string;
  readonly reached: string;
  readonly below: string;
  readonly unmeasured: string;
}

export interface Element {
  readonly name: string;
  readonly access: Access;
  readonly type: string;
  readonly keyword?: Keyword;
  readonly or?: string;
  readonly blank?: boolean;
  readonly default?: string;
  readonly vocabulary?: readonly string[];
  readonly settable?: readonly string[];
  readonly range?: Range;
  readonly limit?: number;
  readonly requires?: readonly string[];
  readonly unique?: boolean;
  readonly immutable?: boolean;
  readonly append?: boolean;
  readonly fixed?: boolean;
  readonly targeted?: boolean;
  readonly decided_by?: Decision;
  readonly since?: number;
}

export interface Format {
  readonly of: string;
  readonly with?: string;
  readonly separator?: string;
  readonly pair?: string;
  readonly empty?: boolean;
  readonly set?: boolean;
  readonly flags?: readonly string[];
}

export interface InteractionFormat {
  readonly patterns: number;
  readonly distinct?: boolean;
  readonly response: Format;
  readonly pattern: Format;
}

export interface Collection {
  readonly name: string;
  readonly limit: number;
}

export type Version = 'scorm12' | 'scorm2004';

interface TableFile {
  readonly codes: Readonly<Record<string, number>>;
  readonly errors: Readonly<Record<string, string>>;
  readonly types: Readonly<Record<string, ValueType>>;
  readonly formats?: Readonly<Record<string, InteractionFormat>>;
  readonly collections: readonly Collection[];
  readonly elements: readonly Element[];
}

/** An element by its concrete name: which one it is, and the collections on its way. */
export interface Resolved {
  readonly element: Element;
  /** For `cmi.interactions.2.objectives.0.id`: `cmi.interactions` at 2, `cmi.interactions.2.objectives` at 0. */
  readonly path: readonly Step[];
}

export interface Step {
  readonly collection: Collection;
  readonly concrete: string;
  readonly index: number;
}

export type Fault =
  | 'argument'
  | 'unknown'
  | 'general_get'
  | 'general_set'
  | 'index_get'
  | 'index_set'
  | 'collection_full'
  | 'no_children'
  | 'no_count'
  | 'unset'
  | 'keyword'
  | 'read_only'
  | 'write_only'
  | 'type'
  | 'range'
  | 'dependency'
  | 'duplicate'
  | 'immutable';

const INDEX = /^(0|[1-9][0-9]{0,5})$/;
const TARGETED = /^(.+)\.\{target=[^{}]+\}$/;

export class Table {
  readonly version: Version;
  readonly types: Readonly<Record<string, ValueType>>;
  readonly formats: Readonly<Record<string, InteractionFormat>>;
  readonly elements: readonly Element[];
  readonly #codes: Readonly<Record<string, number>>;
  readonly #errors: Readonly<Record<string, string>>;
  readonly #byName = new Map<string, Element>();
  readonly #collections = new Map<string, Collection>();
  readonly #branches = new Set<string>();
  readonly #resolved = new Map<string, Resolved | undefined>();

  constructor(version: Version, file: TableFile) {
    this.version = version;
    this.types = file.types;
    this.formats = file.formats ?? {};
    this.elements = file.elements;
    this.#codes = file.codes;
    this.#errors = file.errors;
    for (const collection of file.collections) this.#collections.set(collection.name, collection);
    for (const element of file.elements) {
      this.#byName.set(element.name, element);
      const parts = element.name.split('.');
      for (let length = 1; length < parts.length; length += 1) this.#branches.add(parts.slice(0, length).join('.'));
    }
  }

  code(fault: Fault | string): number {
    return this.#codes[fault] ?? this.#codes.general ?? 101;
  }

  errorText(code: string): string {
    return this.#errors[code] ?? '';
  }

  /** The element that `name` stands for; remembered, because content asks for the same few names all the time. */
  resolve(name: string): Resolved | undefined {
    if (this.#resolved.has(name)) return this.#resolved.get(name);
    const found = this.#find(name);
    // Names come from content: what is remembered is bounded.
    if (this.#resolved.size > 20_000) this.#resolved.clear();
    this.#resolved.set(name, found);
    return found;
  }

  /** Whether `name`, with its indices, is an element or leads to one. */
  isKnown(name: string): boolean {
    if (this.resolve(name)) return true;
    return this.#branches.has(generalise(name));
  }

  /** The fault of a name that is no element. */
  unknownFault(name: string): Fault {
    const parent = name.slice(0, name.lastIndexOf('.'));
    if (name.endsWith('._children') && this.isKnown(parent)) return 'no_children';
    if (name.endsWith('._count') && this.isKnown(parent)) return 'no_count';
    return 'unknown';
  }

  collection(name: string): Collection | undefined {
    return this.#collections.get(name);
  }

  #find(name: string): Resolved | undefined {
    const targeted = TARGETED.exec(name);
    if (targeted?.[1]) {
      const element = this.#byName.get(targeted[1]);
      return element?.targeted ? { element, path: [] } : undefined;
    }
    const path: Step[] = [];
    let concrete = '';
    let general = '';
    for (const part of name.split('.')) {
      const collection = INDEX.test(part) ? this.#collections.get(general) : undefined;
      if (collection) path.push({ collection, concrete, index: Number(part) });
      general = join(general, collection ? 'n' : part === 'n' ? '?' : part);
      concrete = join(concrete, part);
    }
    const element = this.#byName.get(general);
    return element && !element.targeted ? { element, path } : undefined;
  }
}

function join(left: string, right: string): string {
  return left === '' ? right : `${left}.${right}`;
}

function generalise(name: string): string {
  return name
    .split('.')
    .map((part) => (INDEX.test(part) ? 'n' : part))
    .join('.');
}

const tables = new Map<string, Table>();

/** The newest edition of SCORM 2004. */
const NEWEST = 4;

/** The table of a version as that edition of SCORM 2004 has it, made once. */
export function tableOf(version: Version, edition = NEWEST): Table {
  const key = `${version} ${edition}`;
  let table = tables.get(key);
  if (!table) {
    const file = (version === 'scorm12' ? table12 : table2004) as unknown as TableFile;
    table = new Table(version, { ...file, elements: file.elements.filter(({ since = 0 }) => since <= edition) });
    tables.set(key, table);
  }
  return table;
}
