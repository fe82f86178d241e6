/** What the player page and the launch frame say to each other, and the launch answer they share. Described in `player/README.md`. */

export interface ValidRequests {
  continue?: boolean;
  previous?: boolean;
  /** By the identifier of the target. */
  choice?: Record<string, boolean>;
  jump?: Record<string, boolean>;
}

export interface Progress {
  completion?: string;
  success?: string;
  course_completion?: string;
}

/** What is borne of content that does not keep to its standard (`src/scorm/tolerance.rs`). */
export type Switch = 'unset-is-empty' | 'answers-as-they-are' | 'initialize-again' | 'resume-always';

export interface ScormRuntime {
  kind: 'scorm12' | 'scorm2004';
  /** Of SCORM 2004: 2, 3 or 4; the newest if it is not told. */
  edition?: number;
  content_url: string;
  learner: { id: string; name: string };
  elements: Record<string, string>;
  /** Narrower access of single elements, `adl.data.n.store` for example. */
  access?: Record<string, 'ro' | 'rw' | 'wo' | 'none'>;
  tolerance?: Switch[];
  sequence: number;
  valid_requests?: ValidRequests;
}

export interface PlainRuntime {
  kind: 'asset' | 'cmi5' | 'tincan';
  content_url: string;
  window?: 'own' | 'any';
  valid_requests?: ValidRequests;
}

export interface Caption {
  src: string;
  language: string;
  label: string;
}

export interface MediaRuntime {
  kind: 'video' | 'audio';
  src: string;
  poster?: string | null;
  duration: number;
  position: number;
  captions?: Caption[];
  /** Share of the length after which it counts as watched or heard. The server judges again by the same segments. */
  completion: number;
  sequence?: number;
  played?: [number, number][];
  valid_requests?: ValidRequests;
}

export type Runtime = ScormRuntime | PlainRuntime | MediaRuntime;
export type Mode = 'normal' | 'browse' | 'review';

export interface Launch<R extends Runtime = Runtime> {
  launch: string;
  secret: string;
  lease: number;
  mode: Mode;
  commit_url: string;
  activity: { index: number; identifier?: string; title: string };
  runtime: R;
}

/** Where commits of a launch go. The secret stays in memory on the content's origin, where any content could read what is stored. */
export interface CommitAddress {
  url: string;
  secret: string;
}

/** By the id of the launch. */
export type CommitAddresses = Readonly<Record<string, CommitAddress>>;

export type SavedState = 'saved' | 'saving' | 'offline' | 'shut' | 'signed-out' | 'readonly' | 'failed';

export type ToFrame =
  /** Is anybody there? The one message that may reach a frame that is still loading; it says nothing. */
  | { type: 'hello' }
  | { type: 'ping'; registration: string; addresses: CommitAddresses }
  | { type: 'open'; launch: Launch<ScormRuntime | PlainRuntime>; registration: string }
  | { type: 'close'; id: number };

export type ToPage =
  /** Without figures: loaded. With figures: the answer to `ping`. */
  | { type: 'ready'; replayed?: number; kept?: number }
  | { type: 'opened' }
  /** What an earlier launch left is saved now: launch again, so that the content begins where that led. */
  | { type: 'relaunch' }
  | { type: 'saved'; state: SavedState; at: string }
  /** `activity`: of which, if it is said; otherwise of the one that is open. */
  | { type: 'progress'; progress: Progress; valid_requests?: ValidRequests | undefined; activity?: number }
  | { type: 'navigate'; request: string; target: string | null }
  /** With `removed` the content is gone from the screen as well. */
  | { type: 'terminated'; removed?: true }
  | { type: 'closed'; id: number; ok: boolean }
  | { type: 'error'; code: string; detail: string };

/** What the page for content that has left (`src/frame/left.ts`) says to the frame around it. */
export type FromLeft = { type: 'left' };

/** The message of a `postMessage` event, or nothing when it is not from the window and origin expected. */
export function received<M extends { type: string }>(event: MessageEvent, source: unknown, origin: string): M | undefined {
  if (source === null || event.source !== source || event.origin !== origin) return undefined;
  const data = event.data as { preau?: unknown; type?: unknown } | null;
  if (typeof data !== 'object' || data === null || data.preau !== 1 || typeof data.type !== 'string') return undefined;
  return data as unknown as M;
}

/** The form in which a message travels. */
export function sealed<M extends ToFrame | ToPage>(message: M): M & { preau: 1 } {
  return { preau: 1, ...message };
}
