/** What the server tells the player page. Described in `player/README.md`. */

import type { Mode } from '../shared/protocol.ts';

export type Status = 'todo' | 'doing' | 'done' | 'failed';

export interface OutlineEntry {
  index: number;
  parent: number | null;
  title: string;
  kind: string;
  launchable: boolean;
  status: Status;
  url: string;
  identifier?: string;
}

export interface Config {
  registration: string;
  activity: { index: number; title: string };
  course: { id: string; title: string; url: string; identifier?: string };
  mode: Mode;
  /** Where framed content opens, as the course's trainer decided. */
  place: 'page' | 'window';
  outline: OutlineEntry[];
  /** Parts of the navigation that the content draws itself (SCORM 2004 hideLMSUI): `continue`, `previous`. */
  hidden?: string[];
  /** `spent` where time in front of the content completes it. */
  urls: { launch: string; navigate: string; media: string; window: string; spent?: string | null };
  content_origin: string;
  /** What its frame lets content do. */
  frame: { allow: string };
  words: Record<string, string>;
}

/** A word of the page in its language, with its `{name}` placeholders filled. */
export type Words = (key: string, values?: Readonly<Record<string, string | number>>) => string;

export function wordsOf(words: Readonly<Record<string, string>>): Words {
  return (key, values = {}) =>
    // A word that is missing shows its key: visible to whoever looks, and no reason to fail.
    (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
