/**
 * Where the npm package scorm-again (3.4.3) answers otherwise than the standards say, so that the differential test compares
 * everything else. Each entry tells the place in the books: RTE and SN of SCORM 2004 4th Edition, RTE of SCORM 1.2.
 */

import type { Version } from './table.ts';

/** One call, as both answered it. */
export interface Seen {
  readonly version: Version;
  readonly call: 'get' | 'set';
  readonly name: string;
  /** The name with `n` for every index. */
  readonly general: string;
  /** Whether the name is one of the table. */
  readonly isElement: boolean;
  readonly value: string;
  /** The type of the interaction that the element belongs to. */
  readonly type: string;
  readonly ours: Answer;
  readonly theirs: Answer;
  /** The code that scorm-again told before this call. */
  readonly before: string;
}

export interface Answer {
  readonly value: string;
  readonly code: string;
}

export interface KnownFault {
  readonly what: string;
  readonly book: string;
  /** Met in a very long search only. */
  readonly rare?: true;
  is(seen: Seen): boolean;
}

const is12 = ({ version }: Seen) => version === 'scorm12';
const is2004 = ({ version }: Seen) => version === 'scorm2004';
const codes = ({ ours, theirs }: Seen) => `${ours.code} ${theirs.code}`;
const isTaken = ({ call, ours, theirs }: Seen) => call === 'set' && ours.code !== '0' && theirs.code === '0';
const isRefused = ({ call, ours, theirs }: Seen) => call === 'set' && ours.code === '0' && theirs.code !== '0';
const isReal = (value: string) => /^-?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$/.test(value);

const isAnswer = ({ general }: Seen) => /\.(learner_response|pattern)$/.test(general);

export const KNOWN: readonly KnownFault[] = [
  {
    what: 'a category is answered as an object, and can be overwritten',
    book: 'RTE 3.1.7.6 (401); 1.2 RTE 3.3.4 (401)',
    is: ({ isElement, ours, theirs, name }) =>
      !isElement && name !== '' && ours.code === '401' && ['0', '201', '301', '351', '403', '404'].includes(theirs.code),
  },
  {
    what: 'an empty name leaves the code of the call before',
    book: '1.2 RTE 3.3.4 (201), every call sets the code anew',
    is: (seen) => is12(seen) && seen.name === '' && seen.theirs.code === seen.before,
  },
  {
    what: '`_children` of the whole data model and of the objectives of an interaction are answered',
    book: 'RTE 4.2.1 and 4.2.9 list no such keywords; 1.2 RTE 3.4.4',
    is: ({ general, isElement }) => !isElement && general.endsWith('._children'),
  },
  {
    what: 'a good GetValue of a status leaves the code of the call before',
    book: 'RTE 3.1.5 (a call without error sets 0)',
    is: ({ call, general, ours, theirs, before }) =>
      call === 'get' &&
      /^cmi\.(completion|success)_status$/.test(general) &&
      ours.value === theirs.value &&
      ours.code === '0' &&
      theirs.code === before,
  },
  {
    what: 'the request that content set itself cannot be read back',
    book: 'SN 5.6.4.1 (adl.nav.request is read and write)',
    is: (seen) => seen.call === 'get' && seen.name === 'adl.nav.request' && codes(seen) === '0 405',
  },
  {
    what: 'a choice or jump without a target is taken',
    book: 'SN 5.6.4.1 ({target=…}choice, {target=…}jump)',
    is: (seen) => isTaken(seen) && seen.name === 'adl.nav.request' && /^(choice|jump)$/.test(seen.value),
  },
  {
    what: 'reading beyond the entries of a collection is "not initialised"',
    book: 'RTE 3.1.7.6 (301: the index is not below the count)',
    is: (seen) => is2004(seen) && seen.call === 'get' && codes(seen) === '301 403',
  },
  {
    what: 'reading beyond the entries of a collection is answered with nothing, or with "write only"',
    book: '1.2 RTE 3.3.4 (201)',
    is: (seen) => is12(seen) && seen.call === 'get' && ['201 0', '201 404'].includes(codes(seen)),
  },
  {
    what: 'an entry beyond the end of a collection is taken',
    book: 'RTE 3.1.7.6 (351: indices are given in order); 1.2 RTE 3.4.2 (201)',
    is: (seen) => isTaken(seen) && ['351', '201'].includes(seen.ours.code) && seen.general.includes('.n.'),
  },
  {
    what: 'content can make shared data stores',
    book: 'RTE 4.3.1 (stores are those of the manifest)',
    is: (seen) => seen.call === 'set' && seen.general.startsWith('adl.data.'),
  },
  {
    what: 'elements of an entry without an identifier are taken, or judged before the missing identifier',
    book: 'RTE 4.2.9.1 and 4.2.17.1 (408: the id is set first)',
    is: (seen) => seen.call === 'set' && seen.ours.code === '408' && ['0', '406', '407'].includes(seen.theirs.code),
  },
  {
    what: 'the place of an entry is judged after its value: both refuse, for different reasons that are both true',
    book: 'no order of the checks is prescribed',
    is: ({ call, general, ours, theirs }) =>
      call === 'set' &&
      general.includes('.n.') &&
      ['201', '351', '402', '404'].includes(ours.code) &&
      ['201', '351', '405', '406', '407', '408'].includes(theirs.code),
  },
  {
    what: 'values longer than the smallest permitted maximum are refused',
    book: 'RTE 4.1.1.2 (what every system keeps at least); 1.2 content exceeds 255 and 4096 everywhere',
    is: (seen) => isRefused(seen) && ['405', '406'].includes(seen.theirs.code) && seen.value.length > 250,
  },
  {
    what: 'reals without a digit before or after the point, and with an exponent, are refused',
    book: 'RTE 4.1.1.7 (real)',
    is: ({ version, call, value, theirs }) =>
      version === 'scorm2004' && call === 'set' && theirs.code === '406' && isReal(value) && /^-?\.|\.$|[eE]/.test(value),
  },
  {
    what: 'volume has a largest value, and speed a smallest one',
    book: 'RTE 4.2.13 (0 or more)',
    is: (seen) =>
      isRefused(seen) && /audio_level|delivery_speed/.test(seen.name) && seen.theirs.code === '407' && Number(seen.value) >= 0,
  },
  {
    what: 'captions take any number between -1 and 1',
    book: 'RTE 4.2.13 (-1, 0 or 1)',
    is: (seen) => seen.ours.code === '406' && seen.name === 'cmi.learner_preference.audio_captioning' && isReal(seen.value),
  },
  {
    what: 'any word is taken for a language',
    book: 'RTE 4.1.1.4 (language type)',
    is: (seen) => isTaken(seen) && seen.name === 'cmi.learner_preference.language',
  },
  {
    what: 'a duration may be without any component, or end in T',
    book: 'RTE 4.1.1.10 (at least one component, and one after T)',
    is: (seen) => is2004(seen) && isTaken(seen) && seen.ours.code === '406' && /^P(.*T)?$/.test(seen.value),
  },
  {
    what: 'preferences begin empty, the largest score with 100, the status of an objective empty',
    book: '1.2 RTE 3.4.4 (audio, speed and text "0"; score.max ""; objectives.n.status "not attempted")',
    is: (seen) =>
      is12(seen) &&
      seen.call === 'get' &&
      codes(seen) === '0 0' &&
      /^cmi\.(student_preference\.(audio|speed|text)|core\.score\.max|objectives\.n\.(status|score\.max))$/.test(seen.general),
  },
  {
    what: 'identifiers may hold blanks',
    book: 'RTE 4.1.1.3 (an identifier is a URI); 1.2 RTE 3.4.5 (CMIIdentifier: no internal spaces)',
    is: (seen) => isTaken(seen) && seen.general.endsWith('.id') && seen.value.includes(' '),
  },
  {
    what: 'identifiers hold ASCII only',
    book: 'RTE 4.1.1.3 (URIs and IRIs); 1.2 RTE 3.4.5; French courses name their questions in French',
    is: (seen) => isRefused(seen) && /[^ -~]/u.test(seen.value) && (seen.general.endsWith('.id') || isAnswer(seen)),
  },
  {
    what: 'hours of a timespan may have one digit',
    book: '1.2 RTE 3.4.5 (CMITimespan: HHHH:MM:SS.SS, two to four digits of hours)',
    is: (seen) => is12(seen) && isTaken(seen) && /^[0-9]:/.test(seen.value),
  },
  {
    what: 'words of SCORM 2004 are taken for those of 1.2',
    book: '1.2 RTE 3.4.4 (cmi.core.exit has no "normal", a result no "incorrect")',
    is: (seen) => is12(seen) && isTaken(seen) && ['normal', 'incorrect'].includes(seen.value),
  },
  {
    what: 'numbers are refused as a weighting or a result',
    book: '1.2 RTE 3.4.5 (CMIDecimal is any decimal number)',
    is: (seen) => is12(seen) && isRefused(seen) && /\.(weighting|result)$/.test(seen.general) && isReal(seen.value),
  },
  {
    what: 'an empty text, or one in braces, is refused',
    book: 'RTE 4.1.1.2 and 4.1.1.5 (a character string may be empty, and begin with a brace)',
    is: (seen) =>
      is2004(seen) && isRefused(seen) && seen.theirs.code === '406' && (seen.value === '' || seen.value.startsWith('{')),
  },
  {
    what: 'every month has 31 days, and time goes on behind 2038',
    book: 'RTE 4.1.1.9 (a date of the calendar, 1970 to 2038)',
    is: (seen) => is2004(seen) && isTaken(seen) && seen.general.endsWith('.timestamp') && /^(2026-02-29|2039)/.test(seen.value),
  },
  {
    what: 'a comment or its place that was never set is an empty text without an error',
    book: 'RTE 4.2.2 (403)',
    is: (seen) => seen.call === 'get' && seen.general.startsWith('cmi.comments_from_learner.n.') && codes(seen) === '403 0',
  },
  {
    what: 'the identifier of an interaction cannot be changed',
    book: 'RTE 4.2.9.1 (only that of an objective cannot, RTE 4.2.17.1)',
    is: (seen) => seen.call === 'set' && seen.general === 'cmi.interactions.n.id' && seen.theirs.code === '351',
  },
  {
    what: 'a time with a zone has a fraction of a second',
    book: 'RTE 4.1.1.9 after ISO 8601; content writes times as its tools do',
    is: (seen) => isRefused(seen) && seen.general.endsWith('.timestamp') && /T[0-9:]{8}(Z|[+-])/.test(seen.value),
  },
  {
    what: 'a comment of SCORM 1.2 takes the place of the one before',
    book: '1.2 RTE 3.4.4 (cmi.comments gathers what the learner says)',
    is: (seen) => is12(seen) && seen.call === 'get' && seen.name === 'cmi.comments' && codes(seen) === '0 0',
  },
  {
    what: 'a short identifier of an answer may hold brackets, braces and blanks',
    book: 'RTE 4.1.1.3 and 4.2.9.1 (short identifiers; brackets are delimiters)',
    is: (seen) => isTaken(seen) && isAnswer(seen) && seen.type === 'choice' && /[[\]{} ]/.test(seen.value),
  },
  {
    what: 'a text to fill in may name an empty language',
    book: 'RTE 4.1.1.5 (localised strings)',
    rare: true,
    is: (seen) => isTaken(seen) && isAnswer(seen) && seen.type.endsWith('fill-in') && seen.value.startsWith('{lang=}'),
  },
  {
    what: 'a plain point parts a pair',
    book: 'RTE 4.2.9.1 (the delimiter of a pair is [.])',
    is: (seen) => isTaken(seen) && isAnswer(seen) && /matching|performance/.test(seen.type) && /(?<!\[)\.(?!\])/.test(seen.value),
  },
  {
    what: 'lists cannot say the same twice, and free texts hold no delimiter',
    book: 'RTE 4.2.9.1 (only a choice is a set; long-fill-in and other are one text)',
    is: (seen) =>
      isRefused(seen) &&
      isAnswer(seen) &&
      /^(fill-in|long-fill-in|sequencing|other)$/.test(seen.type) &&
      seen.value.includes('[,]'),
  },
  {
    what: 'a numeric pattern may be one number, and what is none is a general failure',
    book: 'RTE 4.2.9.1 (406: min[:]max)',
    is: (seen) => seen.ours.code === '406' && isAnswer(seen) && seen.type === 'numeric' && !seen.value.includes('[:]'),
  },
  {
    what: 'an identifier of an objective that is bad and not the present one is refused for the second reason',
    book: 'no order of the checks is prescribed',
    rare: true,
    is: (seen) => seen.general === 'cmi.objectives.n.id' && codes(seen) === '406 351',
  },
];
