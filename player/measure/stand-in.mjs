/**
 * A stand-in for the server: one listener, two origins by host name, everything in memory. It keeps the promises of player/README.md and
 * nothing more, so that the player can be looked at and measured without a database.
 */
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname } from 'node:path';

const KINDS = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};
const dist = new URL('../dist/', import.meta.url);

/** Messages of a Fluent file, as far as this needs them. */
function messages(language) {
  const text = readFileSync(new URL(`../../src/locales/${language}/player.ftl`, import.meta.url), 'utf8');
  const pairs = [...text.matchAll(/^([\w-]+) = (.*)$/gm)].map(([, key, value]) => [key, value.replace(/\{ "(.*?)" \}/g, '$1')]);
  return Object.fromEntries(pairs);
}

export class StandIn {
  launches = new Map();
  /** Every commit body, in the order of arrival. */
  commits = [];
  navigations = [];
  media = [];
  values = {};
  /** Set to answer everything of the runtime with 503. */
  down = false;
  #last = new Map();
  #lease = 0;
  #server;

  constructor({ activities, files }) {
    this.activities = activities;
    this.files = files;
  }

  async listen() {
    this.#server = createServer((request, response) =>
      this.#answer(request, response).catch((error) => {
        console.error(error);
        response.destroy(error);
      }),
    );
    await new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const { port } = this.#server.address();
    this.application = `http://preau.localhost:${port}`;
    this.content = `http://content.preau.localhost:${port}`;
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request, response) {
    const { pathname } = new URL(request.url, this.application);
    const isContent = request.headers.host.startsWith('content.');
    if (pathname.startsWith('/assets/')) return this.#asset(pathname.slice('/assets/'.length), response);
    if (isContent && pathname === '/frame/') return html(response, this.#frame());
    if (isContent && pathname === '/frame/left') return html(response, this.#left());
    if (isContent && pathname.startsWith('/c/')) return this.#file(pathname.slice(3), request, response);
    const body = await read(request);
    if (this.down) return json(response, 503, { code: 'unavailable' });
    if (isContent && pathname === '/commit') return this.#commit(JSON.parse(body), response);
    const player = /^\/player\/r\/(?:(\d+)(?:\/(launch|media))?|navigate)$/.exec(pathname);
    if (!player) return html(response, '<!doctype html><title>Ailleurs</title><p>Ailleurs</p>');
    const [, index, act] = player;
    if (index === undefined) return this.#navigate(JSON.parse(body), response);
    if (act === 'launch') return this.#launch(Number(index), response);
    if (act === 'media') return this.#media(JSON.parse(body), response);
    return html(response, this.#page(Number(index)));
  }

  #asset(name, response) {
    const file = new URL(name, dist);
    if (!existsSync(file)) return json(response, 404, {});
    response.writeHead(200, {
      'Content-Type': KINDS[extname(name)] ?? 'application/octet-stream',
      'Access-Control-Allow-Origin': '*',
    });
    response.end(readFileSync(file));
  }

  #file(name, request, response) {
    const file = this.files[name];
    if (file === undefined) return json(response, 404, {});
    if (typeof file === 'string') return html(response, file);
    const { path, kind, bytes } = file;
    const size = bytes?.length ?? statSync(path).size;
    const [, from = '0', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    const [start, end] = [Number(from), to === '' ? size - 1 : Number(to)];
    response.writeHead(request.headers.range ? 206 : 200, {
      'Content-Type': kind,
      'Accept-Ranges': 'bytes',
      'Content-Length': end - start + 1,
      ...(request.headers.range ? { 'Content-Range': `bytes ${start}-${end}/${size}` } : {}),
    });
    if (bytes) response.end(bytes.subarray(start, end + 1));
    else createReadStream(path, { start, end }).pipe(response);
  }

  #launch(index, response) {
    this.#lease += 1;
    const { runtime, title } = this.activities[index];
    const scorm = { elements: { ...this.values }, learner: { id: '1', name: 'Petit, Camille' }, sequence: 0 };
    json(response, 200, {
      launch: `launch-${this.#lease}`,
      secret: 's',
      lease: this.#lease,
      mode: 'normal',
      commit_url: `${this.content}/commit`,
      activity: { index, identifier: `ITEM-${index}`, title },
      runtime: { ...(runtime.kind.startsWith('scorm') ? scorm : {}), ...runtime, ...this.#addresses(runtime) },
    });
  }

  #addresses({ content, src }) {
    return content ? { content_url: `${this.content}/c/${content}` } : { src: `${this.content}/c/${src}` };
  }

  #commit(commit, response) {
    this.commits.push(commit);
    if (commit.lease !== this.#lease) return json(response, 409, { code: 'lease-lost' });
    const applied = commit.sequence > (this.#last.get(commit.lease) ?? 0);
    if (applied) {
      this.#last.set(commit.lease, commit.sequence);
      Object.assign(this.values, commit.set);
    }
    const completion = this.values['cmi.completion_status'] ?? 'incomplete';
    json(response, 200, {
      sequence: commit.sequence,
      applied,
      progress: { completion },
      valid_requests: { continue: true, previous: true },
    });
  }

  #navigate(order, response) {
    this.navigations.push({ ...order, commitsBefore: this.commits.length });
    const here = Number(/-(\d+)$/.exec(order.launch)?.[1]);
    const named = order.identifier?.replace('ITEM-', '');
    const target = Number(named ?? order.target ?? (order.request === 'continue' ? 2 : 1));
    if (this.activities[target]?.locked) return json(response, 200, { refused: { code: 'not-permitted', detail: '' } });
    json(response, 200, { deliver: { activity: target, url: `/player/r/${target}?from=${here}` } });
  }

  #media(report, response) {
    this.media.push(report);
    const isComplete = this.media.some(({ event, launch }) => event === 'completed' && launch === report.launch);
    json(response, 200, { progress: { completion: isComplete ? 'completed' : 'incomplete' } });
  }

  #manifest(entry) {
    return `/assets/${JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))[entry].file}`;
  }

  #frame() {
    return fill('frame.html', { application_origin: this.application, script_url: this.#manifest('src/frame/main.ts') });
  }

  #left() {
    return `<!doctype html><html lang="fr"><title>Préau</title><script type="module" src="${this.#manifest('src/frame/left.ts')}"></script>`;
  }

  /** The real template, as far as its few expressions go. */
  #page(index) {
    const words = messages('fr');
    const outline = this.activities.map(({ title, kind, depth = 0, status = 'todo' }, at) => ({
      index: at,
      parent: null,
      title,
      kind,
      launchable: kind !== 'group',
      status,
      url: `/player/r/${at}`,
      identifier: `ITEM-${at}`,
      depth,
      status_word: words[`player-word-status-${status}`],
      current: at === index,
    }));
    const activity = this.activities[index];
    const config = {
      registration: 'r',
      activity: { index, title: activity.title },
      course: { id: 'c', title: 'Sécurité routière sur chantier', url: '/courses/c' },
      mode: 'normal',
      outline,
      urls: { launch: `/player/r/${index}/launch`, navigate: '/player/r/navigate', media: `/player/r/${index}/media` },
      content_origin: this.content,
      words: Object.fromEntries(
        Object.entries(words)
          .filter(([key]) => key.startsWith('player-word-'))
          .map(([key, value]) => [key.slice('player-word-'.length), value]),
      ),
    };
    const isMedia = activity.kind === 'video' || activity.kind === 'audio';
    return fill(
      'player.html',
      {
        'chrome.title': activity.title,
        'chrome.course_title': config.course.title,
        'chrome.mode': 'normal',
        'chrome.back_url': '/courses/c',
        'chrome.step_number': String(index),
        'chrome.step_count': '8',
        'chrome.saved_state': '',
        'chrome.saved_word': '',
        frame_src: isMedia ? '' : `${this.content}/frame/`,
        config_json: JSON.stringify(config).replaceAll('<', '\\u003c'),
        'shell.lang()': 'fr',
        'shell.theme()': 'auto',
      },
      { t: (key) => words[key], asset: (entry) => this.#manifest(entry), outline },
    );
  }
}

/** A template, put into the one it extends. */
function template(name) {
  const text = readFileSync(new URL(`../../src/runtime/templates/${name}`, import.meta.url), 'utf8').replace(
    /\{#[\s\S]*?#\}/g,
    '',
  );
  const base = /\{% extends "runtime\/templates\/(.+?)" %\}/.exec(text)?.[1];
  if (!base) return text;
  const block = /\{%-? block (\w+) %\}([\s\S]*?)\{%-? endblock %\}/g;
  const blocks = new Map([...text.matchAll(block)].map(([, part, inner]) => [part, inner]));
  return template(base).replace(block, (_, part, inner) => blocks.get(part) ?? inner);
}

/** Enough of the template language for the two templates of the player. */
function fill(name, values, { t, asset, outline = [] } = {}) {
  let text = template(name);
  text = text.replace(/\{%-? import .*? -?%\}/g, '');
  text = text.replace(
    /\{% include "web\/templates\/head.html" %\}/,
    () =>
      `<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="${asset('src/styles/app.css')}">`,
  );
  text = text.replace(/\{%-? for entry in chrome\.outline %\}([\s\S]*?)\{%-? endfor %\}/, (_, row) =>
    outline
      .map((entry) =>
        row
          .replace(/\{%-? if entry\.launchable %\}([\s\S]*?)\{%-? else %\}([\s\S]*?)\{%-? endif %\}/, (_, yes, no) =>
            entry.launchable ? yes.replace(/\{% if entry\.current %\}(.*?)\{% endif %\}/, entry.current ? '$1' : '') : no,
          )
          .replace(/\{\{ entry\.(\w+) \}\}/g, (_, field) => escaped(String(entry[field]))),
      )
      .join(''),
  );
  const truths = {
    'chrome.names_course()': true,
    'chrome.step_count > 1': true,
    'chrome.outline.len() > 1': true,
    'chrome.outline.len() < 2': false,
    '!frame_src.is_empty()': values.frame_src !== '',
  };
  text = text.replace(/\{%-? if ([^%]+?) -?%\}([\s\S]*?)\{%-? endif -?%\}/g, (_, condition, inner) =>
    truths[condition] ? inner : '',
  );
  return text
    .replace(/\{\{ shell\.t\("([^"]+)"\) \}\}/g, (_, key) => escaped(t(key)))
    .replace(/\{\{ shell\.asset\("([^"]+)"\) \}\}/g, (_, entry) => asset(entry))
    .replace(/\{\{ ([^}|]+?)(\|safe)? \}\}/g, (_, field, safe) => (safe ? values[field] : escaped(values[field])));
}

function escaped(text) {
  return text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);
}

function html(response, text) {
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(text);
}

function json(response, status, body) {
  response.writeHead(status, {
    'Content-Type': status < 300 ? 'application/json' : 'application/problem+json',
    'Cache-Control': 'no-store',
  });
  response.end(JSON.stringify(body));
}

async function read(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
