/** The launch frame: listens to the player page, and stages the content it is told to open. */

import {
  type FromLeft,
  type Launch,
  type PlainRuntime,
  received,
  type ScormRuntime,
  sealed,
  type ToFrame,
  type ToPage,
} from '../shared/protocol.ts';
import { type Listening, sayFarewell } from './farewell.ts';
import { type Entry, openLog } from './log.ts';
import type { Timers } from './queue.ts';
import { type Led, replay } from './replay.ts';
import { send } from './send.ts';
import { Session, type Stage } from './session.ts';
import { type Going, insteadOf, keepWithin } from './upward.ts';

const told = (name: string) => document.querySelector<HTMLMetaElement>(`meta[name="preau-${name}"]`)?.content ?? '';
const application = told('application-origin');
const log = openLog(
  storage(() => window.indexedDB),
  storage(() => window.localStorage),
);
const timers: Timers = {
  now: () => Date.now(),
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
};

let session: Session | undefined;
const adopted = new Set<string>();
/** Counts what the page asked to open: what nobody waits for stops when content comes. */
let openings = 0;

const page = window.parent;

function post(message: ToPage): void {
  page.postMessage(sealed(message), application);
}

/** What the browser lets this origin keep; it refuses by throwing. */
function storage<T>(of: () => T): T | undefined {
  try {
    return of();
  } catch {
    return undefined;
  }
}

const place = document.querySelector('main') ?? document.body;
/** Out of sight: who arrives here with a screen reader hears where they are. */
const heading = document.createElement('h1');
Object.assign(heading.style, { position: 'absolute', margin: '0', clipPath: 'inset(50%)' });
let content: HTMLIFrameElement | undefined;

const stage: Stage = {
  expose(name, api, found) {
    const get = () => {
      found();
      return api;
    };
    Object.defineProperty(window, name, { get, configurable: true, enumerable: true });
  },
  withdraw(name) {
    Reflect.deleteProperty(window, name);
  },
  show(url, title, loaded) {
    const frame = document.createElement('iframe');
    frame.title = title;
    frame.allow = told('content-allow');
    Object.assign(frame.style, { border: '0', display: 'block', width: '100%', height: '100%' });
    frame.addEventListener('load', loaded, { once: true });
    frame.addEventListener('load', () => keepWithin(frame.contentWindow, go));
    // Set before the frame is inserted: no blank document enters the history of the tab.
    frame.src = url;
    document.title = title;
    heading.textContent = title;
    place.append(frame);
    keepWithin(frame.contentWindow, go);
    content = frame;
  },
  farewell() {
    sayFarewell(content?.contentWindow as Listening | null | undefined);
  },
  remove() {
    content?.remove();
    content = undefined;
  },
};

/** The content goes there, within its frame. */
function go(url: string): void {
  content?.contentWindow?.location.assign(url);
}

async function open(launch: Launch<ScormRuntime | PlainRuntime>, registration: string): Promise<void> {
  if (!isOurs(launch.commit_url) || !/^https?:$/.test(new URL(launch.runtime.content_url, location.href).protocol)) {
    post({ type: 'error', code: 'launch-invalid', detail: '' });
    return;
  }
  await session?.close();
  session = new Session(launch, registration, { stage, log: await log, send, timers, adopted, post });
  await session.open();
}

function isOurs(url: string): boolean {
  return new URL(url, location.href).origin === location.origin;
}

async function hear(message: ToFrame): Promise<void> {
  switch (message.type) {
    case 'hello':
      post({ type: 'ready' });
      return;
    case 'ping': {
      const { registration, addresses } = message;
      const before = openings;
      const isOwn = (entry: Entry) => entry.registration === registration;
      const led = (where: Led) => post({ type: 'progress', ...where });
      post({ type: 'ready', ...(await replay(await log, send, addresses, isOwn, led)) });
      // What other registrations left behind can follow when nobody waits for it, and no content is there to see their secrets.
      const isOther = (entry: Entry) => entry.registration !== registration && openings === before;
      await replay(await log, send, addresses, isOther);
      return;
    }
    case 'open':
      openings += 1;
      await open(message.launch, message.registration);
      return;
    case 'close':
      post({ type: 'closed', id: message.id, ok: (await session?.close()) ?? true });
  }
}

function failed(cause: unknown): void {
  post({ type: 'error', code: 'frame-failed', detail: cause instanceof Error ? cause.message : String(cause) });
}

if (page !== window && application !== '') {
  // Content climbs from parent to parent until it finds an API or the top. The page is of another origin: content that does not
  // expect to be refused there would end with an error, so the frame is the top of what it sees.
  Object.defineProperty(window, 'parent', { value: window, configurable: true });
  for (const { style } of [document.documentElement, document.body, place as HTMLElement]) {
    Object.assign(style, { margin: '0', height: '100%', overflow: 'hidden' });
  }
  heading.textContent = document.title;
  place.append(heading);
  window.addEventListener('message', (event) => {
    const message = received<ToFrame>(event, page, application);
    if (message) hear(message).catch(failed);
    if (content && received<FromLeft>(event, content.contentWindow, location.origin)?.type === 'left') {
      session?.left().catch(failed);
    }
  });
  const { navigation } = window as { navigation?: EventTarget };
  navigation?.addEventListener('navigate', (event) => {
    const url = insteadOf(event as Event & Going);
    if (url !== undefined) go(url);
  });
  window.addEventListener('online', () => session?.online());
  window.addEventListener('pagehide', () => session?.leave());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') session?.hidden();
  });
  post({ type: 'ready' });
}
