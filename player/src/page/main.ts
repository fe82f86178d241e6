/** The player page: launches the activity, keeps what the learner sees true, and goes from one activity to the next. */

import type {
  Launch,
  MediaRuntime,
  PlainRuntime,
  Progress,
  SavedState,
  ScormRuntime,
  ToPage,
  ValidRequests,
} from '../shared/protocol.ts';
import { type Action, Chrome, isModified } from './chrome.ts';
import { type Config, type OutlineEntry, type Words, wordsOf } from './config.ts';
import { element, optional, required } from './dom.ts';
import { FrameLink } from './frame-link.ts';
import { postJson, type Reply } from './http.ts';
import { Launches } from './launches.ts';
import { MediaPlayer } from './media/player.ts';
import { type Allowed, allowed, isNamed, isOpen, isWholeOpen, statusOf, withStatus } from './outline.ts';

interface Navigated {
  deliver?: { activity: number; url: string };
  end?: { url: string };
  wait?: { valid_requests: ValidRequests };
  refused?: { code: string; detail: string };
}

/** What is open now and must be closed before going elsewhere. */
interface Opened {
  close(): Promise<boolean>;
}

class Player {
  readonly #config: Config;
  readonly #words: Words;
  readonly #chrome: Chrome;
  #outline: OutlineEntry[];
  #launch: Launch | undefined;
  #requests: ValidRequests | undefined;
  #link: FrameLink | undefined;
  #opened: Opened | undefined;
  readonly #launches = new Launches();
  #isLeaving = false;
  /** The activity was left as if it had not been opened, and nothing followed: the learner chooses. */
  #isWaiting = false;
  #keptOnce = false;

  constructor(config: Config) {
    this.#config = config;
    this.#words = wordsOf(config.words);
    this.#chrome = new Chrome(this.#words);
    this.#outline = config.outline;
    this.#chrome.previous.addEventListener('click', () => void this.#go('previous'));
    this.#chrome.next.addEventListener('click', () => void this.#go('continue'));
    this.#chrome.back.addEventListener('click', (event) => {
      if (isModified(event)) return;
      event.preventDefault();
      void this.#leave(this.#chrome.back.href);
    });
    this.#chrome.onChoice((index) => this.#chosen(index));
    // A page brought back by the back button has closed its content when it went.
    window.addEventListener('pageshow', (event) => {
      if (event.persisted) location.reload();
    });
  }

  /** `index`: none for the course as a whole. */
  #chosen(index: number | undefined): void {
    if (index === this.#config.activity.index && !this.#isWaiting) return;
    const entry = this.#outline.find((other) => other.index === index);
    // No need to close the content for an answer that is known.
    if (entry && !isOpen(entry, this.#requests)) this.#chrome.notice(this.#words('not-permitted'));
    else void this.#go('choice', index ?? this.#config.course.identifier);
  }

  async start(): Promise<void> {
    this.#chrome.phase('loading');
    this.#chrome.panel(undefined, this.#words('loading'));
    this.#chrome.allow({ previous: false, next: false });
    if (!(await this.#isSent())) return;
    const reply = await postJson<Launch>(this.#config.urls.launch, { mode: this.#config.mode });
    if (reply.kind !== 'ok') {
      this.#failed(reply);
      return;
    }
    this.#show(reply.body);
  }

  /**
   * What an earlier visit left on this device goes to the server before a launch takes the lease. The frame has it, since only
   * the content's origin can read it: where the page has none (video, audio), one out of sight, if there can be anything.
   */
  async #isSent(): Promise<boolean> {
    const link = this.#frameLink();
    if (link) return this.#isFrameReady(link);
    const unsent = this.#launches.unsent(this.#config.registration);
    if (unsent === 'none') return true;
    const src = `${this.#config.content_origin}/frame/`;
    document.body.append(element('iframe', { id: 'player-frame', hidden: true, src }));
    const hidden = this.#frameLink();
    if (!hidden) return true;
    if (unsent === 'own') return this.#isFrameReady(hidden);
    // Nobody waits for what other courses left.
    void hidden.ready();
    return true;
  }

  /** Video and audio are played by the page itself: the server renders no frame for them. */
  #frameLink(): FrameLink | undefined {
    const frame = optional<HTMLIFrameElement>('player-frame');
    if (frame) {
      const { content_origin, registration } = this.#config;
      const addresses = (one?: string) => this.#launches.addresses(one);
      this.#link ??= new FrameLink(frame, content_origin, registration, addresses, (said) => this.#heard(said));
    }
    return this.#link;
  }

  async #isFrameReady(link: FrameLink): Promise<boolean> {
    const kept = await link.ready();
    if (kept === undefined) {
      this.#error(this.#words('error-frame'), () => {
        link.reload();
        void this.start();
      });
      return false;
    }
    // A launch takes the lease, after which what is kept here would come too late: first let it through. Asked a second time
    // the learner goes on all the same, and the frame adopts what it can.
    if (kept > 0 && !this.#keptOnce) {
      this.#keptOnce = true;
      this.#chrome.saved('offline');
      this.#error(this.#words('error-offline'), () => void this.start());
      return false;
    }
    return true;
  }

  #show(launch: Launch): void {
    const { runtime } = launch;
    this.#launch = launch;
    this.#requests = runtime.valid_requests;
    this.#chrome.clear();
    this.#chrome.phase('running');
    this.#chrome.saved(launch.mode === 'normal' ? 'saved' : 'not-recorded');
    this.#buttons();
    this.#mark({});
    if (runtime.kind === 'video' || runtime.kind === 'audio') {
      this.#play(launch as Launch<MediaRuntime>);
    } else if ('window' in runtime && runtime.window === 'own') {
      this.#offerWindow(runtime.content_url);
    } else {
      const link = this.#frameLink();
      if (!link) {
        this.#error(this.#words('error-frame'), () => location.reload());
        return;
      }
      if (launch.mode === 'normal' && runtime.kind.startsWith('scorm')) {
        this.#launches.remember(this.#config.registration, launch.launch, { url: launch.commit_url, secret: launch.secret });
      }
      link.open(launch as Launch<ScormRuntime | PlainRuntime>);
      this.#opened = { close: () => this.#closed(link, launch.launch) };
    }
  }

  async #closed(link: FrameLink, launch: string): Promise<boolean> {
    const isSaved = await link.close();
    if (isSaved) this.#launches.forget(launch);
    return isSaved;
  }

  #play(launch: Launch<MediaRuntime>): void {
    const player = new MediaPlayer({
      launch,
      url: this.#config.urls.media,
      keep: `preau.media.${this.#config.registration}.${launch.activity.index}`,
      words: this.#words,
      saved: (state) => this.#saved(state),
      progressed: (progress, requests) => this.#progressed(progress, requests),
      ended: () => this.#ended(),
    });
    this.#chrome.stage.append(player.element);
    player.focus();
    this.#opened = player;
  }

  /** A link and no script: no browser blocks it, and the window cannot reach back into this page. */
  #offerWindow(url: string): void {
    optional('player-frame')?.remove();
    this.#link = undefined;
    const link = element(
      'a',
      { class: 'player-button player-button-main', href: url, target: '_blank', rel: 'noopener noreferrer' },
      this.#words('own-window-open'),
    );
    link.addEventListener('click', () => {
      // The address is good for one session: another opening is another launch.
      setTimeout(() => {
        const again: Action = { label: this.#words('own-window-again'), act: () => location.reload() };
        this.#chrome.panel(this.#config.activity.title, this.#words('own-window-opened'), [again]);
      });
    });
    this.#chrome.panel(this.#config.activity.title, this.#words('own-window-text'), [link]);
  }

  #heard(message: ToPage): void {
    switch (message.type) {
      case 'saved':
        this.#saved(message.state);
        return;
      case 'progress':
        this.#progressed(message.progress, message.valid_requests);
        return;
      case 'relaunch':
        if (!this.#isLeaving) void this.start();
        return;
      case 'navigate':
        void this.#asked(message.request, message.target);
        return;
      case 'terminated':
        this.#ended(message.removed);
        return;
      case 'error':
        if (message.code === 'launch-invalid' || message.code === 'frame-failed') {
          this.#error(this.#words('error-server'), () => void this.start());
        } else {
          this.#chrome.saved('failed');
        }
    }
  }

  #saved(state: SavedState): void {
    this.#chrome.saved(state);
    if (state === 'shut') this.#chrome.notice(this.#words('shut-text'));
    // Loading the page again leads through the sign-in page and back.
    if (state === 'signed-out')
      this.#chrome.notice(this.#words('error-signed-out'), [{ label: this.#words('retry'), act: () => location.reload() }]);
    // The other window may be closed by now: taking over is one tap, and resumes from what was saved there.
    if (state === 'readonly')
      this.#chrome.notice(this.#words('readonly'), [{ label: this.#words('readonly-take'), act: () => location.reload() }]);
  }

  #progressed(progress: Progress, requests: ValidRequests | undefined): void {
    if (requests) this.#requests = requests;
    this.#mark(progress);
    this.#buttons();
  }

  /** The status of the open activity in the outline; what is done stays done while it is seen again. */
  #mark(progress: Progress): void {
    if (this.#config.mode !== 'normal') return;
    const { index } = this.#config.activity;
    const known = this.#outline.find((entry) => entry.index === index)?.status;
    const isFirstSight = progress.completion === undefined && progress.success === undefined;
    if (isFirstSight && known !== 'todo') return;
    const status = statusOf(progress);
    this.#outline = withStatus(this.#outline, index, status);
    this.#chrome.status(index, status);
  }

  #allowed(): Allowed {
    const hidden = this.#isWaiting ? [] : this.#config.hidden;
    return allowed(this.#outline, this.#config.activity.index, this.#requests, hidden);
  }

  #buttons(): void {
    this.#chrome.allow(this.#allowed());
    for (const entry of this.#outline) this.#chrome.open(entry.index, isOpen(entry, this.#requests));
    this.#chrome.openCourse(isWholeOpen(this.#config.course.identifier, this.#requests));
  }

  /** Nothing is covered while the content may still show a last page; where it was removed, a panel takes its place. */
  #ended(isRemoved = false): void {
    this.#chrome.phase('ended');
    const { next } = this.#allowed();
    const act: Action = next
      ? { label: this.#words('ended-next'), main: true, act: () => void this.#go('continue') }
      : { label: this.#words('back'), main: true, act: () => void this.#leave(this.#chrome.back.href) };
    if (!isRemoved) this.#chrome.notice(this.#words('ended-title'), [act]);
    else this.#chrome.panel(this.#config.activity.title, this.#words('ended-title'), next ? [act, this.#wayBack()] : [act]);
  }

  /** The content asked to go somewhere. */
  async #asked(request: string, target: string | null): Promise<void> {
    const { course } = this.#config;
    if (target === null) await this.#go(request);
    else if (target === course.identifier || isNamed(target, this.#outline, this.#requests)) await this.#go(request, target);
    else this.#chrome.notice(this.#words('choice-unknown'));
  }

  /** `target`: a position of the outline, or a name in the manifest. */
  async #go(request: string, target?: number | string): Promise<void> {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    this.#chrome.allow({ previous: false, next: false });
    this.#chrome.saved('saving');
    const isSaved = (await this.#opened?.close()) ?? true;
    this.#opened = undefined;
    this.#chrome.saved(isSaved ? this.#quiet() : 'offline');
    const reply = await postJson<Navigated>(this.#config.urls.navigate, {
      request,
      ...(typeof target === 'string' ? { identifier: target } : { target }),
      launch: this.#launch?.launch,
    });
    this.#isLeaving = false;
    const url = reply.kind === 'ok' ? (reply.body.deliver?.url ?? reply.body.end?.url) : undefined;
    if (url !== undefined) {
      location.assign(url);
    } else if (reply.kind === 'offline') {
      this.#error(this.#words('error-offline'), () => void this.#go(request, target));
    } else if (reply.kind === 'ok' && reply.body.wait) {
      this.#wait(reply.body.wait.valid_requests);
    } else if (isExit(request)) {
      location.assign(this.#chrome.back.href);
    } else if (reply.kind === 'ok') {
      await this.#refused();
    } else {
      this.#failed(reply, () => void this.#go(request, target));
    }
  }

  /** Nothing is open, and the course goes on: the outline and the buttons say where to. */
  #wait(requests: ValidRequests): void {
    this.#isWaiting = true;
    this.#requests = requests;
    this.#chrome.phase('ended');
    this.#chrome.saved(this.#quiet());
    this.#chrome.leftCurrent();
    this.#buttons();
    this.#chrome.panel(this.#config.course.title, this.#words('left-text'), [this.#wayBack()]);
  }

  /** The step is not open to the learner now: back to where they were. The rule that says no is for the log. */
  async #refused(): Promise<void> {
    if (this.#isWaiting) this.#buttons();
    else await this.start();
    this.#chrome.notice(this.#words('not-permitted'));
  }

  async #leave(url: string): Promise<void> {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    this.#chrome.saved('saving');
    // What could not be sent is kept on the device: nothing to wait for.
    await this.#opened?.close();
    location.assign(url);
  }

  #quiet(): 'saved' | 'not-recorded' {
    return this.#config.mode === 'normal' ? 'saved' : 'not-recorded';
  }

  #failed(reply: Exclude<Reply<unknown>, { kind: 'ok' }>, retry: () => void = () => void this.start()): void {
    if (reply.kind === 'offline') {
      this.#chrome.saved('offline');
      this.#error(this.#words('error-offline'), retry);
    } else if (reply.code === 'lease-lost') {
      this.#chrome.saved('readonly');
      this.#error(this.#words('readonly'), () => location.reload(), this.#words('readonly-take'));
    } else if (reply.status === 401) {
      // Loading the page again leads through the sign-in page and back.
      this.#error(this.#words('error-signed-out'), () => location.reload());
    } else if (reply.status < 500 && reply.detail !== '') {
      this.#error(this.#words('error-refused', { detail: reply.detail }), retry);
    } else {
      this.#error(this.#words('error-server'), retry);
    }
  }

  #error(text: string, retry: () => void, label = this.#words('retry')): void {
    this.#chrome.phase('error');
    const actions: Action[] = [{ label, main: true, act: retry }, this.#wayBack()];
    this.#chrome.panel(undefined, text, actions, true);
  }

  #wayBack(): Action {
    return { label: this.#words('back'), act: () => void this.#leave(this.#chrome.back.href) };
  }
}

function isExit(request: string): boolean {
  return ['exit', 'exitAll', 'suspendAll', 'abandon', 'abandonAll'].includes(request);
}

void new Player(JSON.parse(required('player-config').textContent ?? '') as Config).start();
