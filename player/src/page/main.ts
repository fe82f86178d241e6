/** The player page: launches the activity, keeps what the learner sees true, and goes from one activity to the next. */

import type { Launch, MediaRuntime, PlainRuntime, SavedState, ScormRuntime, ToPage, ValidRequests } from '../shared/protocol.ts';
import { after } from '../shared/seat.ts';
import { offerLink } from './alone.ts';
import { Beside } from './beside.ts';
import { type Action, Chrome, isModified } from './chrome.ts';
import { type Config, type Words, wordsOf } from './config.ts';
import { required } from './dom.ts';
import type { FrameLink } from './frame-link.ts';
import { Frames } from './frames.ts';
import { postJson, type Reply } from './http.ts';
import { Launches } from './launches.ts';
import { MediaPlayer } from './media/player.ts';
import { isFramed } from './outline.ts';
import { Spent } from './spent.ts';
import { Standing } from './standing.ts';

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
  #launch: Launch | undefined;
  readonly #standing: Standing;
  /** Where the content has a window of its own, and this page stands beside it. */
  #beside: Beside | undefined;
  /** Counts what was begun: an answer to what was given up since is nobody's. */
  #starts = 0;
  #opened: Opened | undefined;
  #spent: Spent | undefined;
  readonly #launches = new Launches();
  readonly #frames: Frames;
  #hasEnded = false;
  #isLeaving = false;
  #keptOnce = false;

  constructor(config: Config) {
    this.#config = config;
    this.#words = wordsOf(config.words);
    this.#chrome = new Chrome(this.#words);
    this.#standing = new Standing(config, this.#chrome);
    this.#frames = new Frames(config, this.#launches, (said) => this.#heard(said));
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

  /** Where the content has a window of its own, that comes first: what plays is in it. */
  begin(): void {
    if (this.#config.place === 'window') this.#beside = this.#besideWindow();
    if (!this.#beside) void this.start();
    else if (!this.#beside.begin()) void this.#sendKept();
  }

  #besideWindow(): Beside {
    return new Beside({
      config: this.#config,
      words: this.#words,
      chrome: this.#chrome,
      frames: this.#frames,
      loading: () => this.#loading(),
      seated: () => void this.start(),
      over: (how) => this.#windowOver(how),
      goOn: () => void this.#go('continue'),
      finish: () => void this.#leave(this.#chrome.back.href),
      here: () => {
        this.#beside = undefined;
        this.#frames.here(this.#chrome.stage);
        void this.start();
      },
    });
  }

  /** `index`: none for the course as a whole. */
  #chosen(index: number | undefined): void {
    if (index === this.#config.activity.index && !this.#standing.isWaiting) return;
    const entry = this.#standing.entry(index);
    // No need to close the content for an answer that is known.
    if (entry && !this.#standing.isOpen(entry)) this.#chrome.notice(this.#words('not-permitted'));
    else void this.#go('choice', index ?? this.#config.course.identifier);
  }

  #loading(): void {
    this.#chrome.phase('loading');
    this.#chrome.panel(undefined, this.#words('loading'));
    this.#chrome.allow({ previous: false, next: false });
    this.#beside?.tell(this.#words('loading'));
  }

  async start(): Promise<void> {
    if (this.#beside && !this.#beside.isSeated) {
      this.#beside.open();
      return;
    }
    this.#hasEnded = false;
    this.#starts += 1;
    const start = this.#starts;
    this.#loading();
    if (!(await this.#isSent(start))) return;
    const reply = await postJson<Launch>(this.#config.urls.launch, { mode: this.#config.mode });
    if (start !== this.#starts) return;
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
  async #isSent(start: number): Promise<boolean> {
    const link = this.#frames.content();
    if (link) return this.#isFrameReady(link, start);
    const unsent = this.#launches.unsent(this.#config.registration);
    if (unsent === 'none') return true;
    if (unsent === 'own') return this.#isFrameReady(this.#frames.sender(), start);
    // Nobody waits for what other courses left.
    void this.#frames.sender().ready();
    return true;
  }

  /** While no content is open, what this device kept is sent all the same, and the page shows where that led. */
  async #sendKept(): Promise<void> {
    if (this.#launches.unsent(this.#config.registration) === 'none') return;
    const start = this.#starts;
    const kept = await this.#frames.sender().ready();
    if (start === this.#starts) this.#chrome.saved(kept === 0 ? this.#quiet() : 'offline');
  }

  async #isFrameReady(link: FrameLink, start: number): Promise<boolean> {
    const kept = await link.ready();
    if (start !== this.#starts) return false;
    if (kept === undefined) {
      this.#error(this.#words('error-frame'), () => this.#frameAgain());
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
    this.#chrome.clear();
    this.#chrome.phase('running');
    this.#chrome.saved(launch.mode === 'normal' ? 'saved' : 'not-recorded');
    this.#standing.launched(runtime.valid_requests);
    if (runtime.kind === 'video' || runtime.kind === 'audio') {
      this.#play(launch as Launch<MediaRuntime>);
    } else if ('window' in runtime && runtime.window === 'own') {
      this.#frames.remove();
      offerLink(this.#chrome, this.#words, this.#config.activity.title, runtime.content_url);
    } else {
      const link = this.#frames.content();
      if (!link) {
        this.#error(this.#words('error-frame'), () => location.reload());
        return;
      }
      if (launch.mode === 'normal' && runtime.kind.startsWith('scorm')) {
        this.#launches.remember(this.#config.registration, launch.launch, { url: launch.commit_url, secret: launch.secret });
      }
      link.open(launch as Launch<ScormRuntime | PlainRuntime>);
      this.#spent = this.#spentOn(launch.launch);
      this.#opened = { close: () => this.#closed(link, launch.launch) };
      this.#beside?.playing();
    }
  }

  #spentOn(launch: string): Spent | undefined {
    const { urls, mode } = this.#config;
    const url = urls.spent;
    if (!url || mode !== 'normal') return undefined;
    // Beside a window of its own, this page is behind it.
    const isVisible = () => this.#beside !== undefined || document.visibilityState === 'visible';
    const spent = new Spent({
      launch,
      isVisible: isVisible(),
      now: () => performance.now(),
      after,
      post: (told, keepalive) => postJson(url, told, keepalive),
      completed: (progress) => {
        this.#standing.progressed(progress, undefined);
        this.#ended();
      },
    });
    document.addEventListener('visibilitychange', () => spent.turn(isVisible()));
    window.addEventListener('pagehide', () => void spent.close());
    return spent;
  }

  async #closed(link: FrameLink, launch: string): Promise<boolean> {
    await this.#spent?.close();
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
      progressed: (progress, requests) => this.#standing.progressed(progress, requests),
      ended: () => this.#ended(),
    });
    this.#chrome.stage.append(player.element);
    player.focus();
    this.#opened = player;
  }

  /** The frame did not answer: it is loaded anew. */
  #frameAgain(): void {
    if (this.#beside) this.#beside.dismiss();
    else this.#frames.reload();
    void this.start();
  }

  /** The window is gone: the learner closed it, as content is left. */
  #windowOver(how: 'closed' | 'silent'): void {
    this.#starts += 1;
    this.#opened = undefined;
    void this.#spent?.close();
    this.#frames.content()?.gone();
    if (this.#isLeaving) return;
    if (how === 'silent') {
      this.#error(this.#words('error-frame'), () => void this.start());
      return;
    }
    this.#standing.show();
    if (this.#hasEnded || this.#standing.isDone) this.#ended(true);
    else this.#beside?.offerAgain(this.#wayBack());
    const start = this.#starts;
    void this.#sendKept().then(() => {
      // What it said as it was closed may have been the end of it.
      if (start === this.#starts && this.#standing.isDone) this.#ended(true);
    });
  }

  #heard(message: ToPage): void {
    switch (message.type) {
      case 'saved':
        this.#saved(message.state);
        return;
      case 'progress':
        // Of what was sent late, only where it is about this activity does it tell where the learner stands in it.
        if ((message.activity ?? this.#config.activity.index) === this.#config.activity.index)
          this.#standing.progressed(message.progress, message.valid_requests);
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
    this.#beside?.saved(state);
    if (state === 'shut') this.#chrome.notice(this.#words('shut-text'));
    // Loading the page again leads through the sign-in page and back.
    if (state === 'signed-out')
      this.#chrome.notice(this.#words('error-signed-out'), [{ label: this.#words('retry'), act: () => location.reload() }]);
    // The other window may be closed by now: taking over is one tap, and resumes from what was saved there.
    if (state === 'readonly')
      this.#chrome.notice(this.#words('readonly'), [{ label: this.#words('readonly-take'), act: () => location.reload() }]);
  }

  /** Nothing is covered while the content may still show a last page; where it was removed, a panel takes its place. */
  #ended(isRemoved = false): void {
    this.#hasEnded = true;
    this.#chrome.phase('ended');
    const { next } = this.#standing.allowed;
    const act: Action = next
      ? { label: this.#words('ended-next'), main: true, act: () => void this.#go('continue') }
      : { label: this.#words('back'), main: true, act: () => void this.#leave(this.#chrome.back.href) };
    // In a window that shows nothing any more: on from there, or back here.
    if (isRemoved && next) this.#beside?.tell(this.#words('ended-title'), act.label);
    else if (isRemoved) this.#beside?.dismiss();
    if (!isRemoved) {
      this.#chrome.notice(this.#words('ended-title'), [act]);
      return;
    }
    const actions = next ? [act, this.#wayBack()] : [act];
    if (this.#beside && !this.#beside.isSeated)
      actions.push({ label: this.#words('window-resume'), act: () => void this.start() });
    this.#chrome.panel(this.#config.activity.title, this.#words('ended-title'), actions);
  }

  /** The content asked to go somewhere. */
  async #asked(request: string, target: string | null): Promise<void> {
    if (target === null) await this.#go(request);
    else if (this.#standing.isNamed(target)) await this.#go(request, target);
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
    const { deliver, end } = reply.kind === 'ok' ? reply.body : {};
    const url = deliver?.url ?? end?.url;
    if (url !== undefined) {
      // The next page takes the window over if it has content for it.
      const entry = this.#standing.entry(deliver?.activity);
      if (!deliver || (entry && !isFramed(entry))) this.#beside?.dismiss();
      location.assign(url);
    } else if (reply.kind === 'offline') {
      this.#error(this.#words('error-offline'), () => void this.#go(request, target));
    } else if (reply.kind === 'ok' && reply.body.wait) {
      this.#wait(reply.body.wait.valid_requests);
    } else if (isExit(request)) {
      this.#beside?.dismiss();
      location.assign(this.#chrome.back.href);
    } else if (reply.kind === 'ok') {
      await this.#refused();
    } else {
      this.#failed(reply, () => void this.#go(request, target));
    }
  }

  /** Nothing is open, and the course goes on: the outline and the buttons say where to. */
  #wait(requests: ValidRequests): void {
    // What comes next is chosen on this page.
    this.#beside?.dismiss();
    this.#chrome.phase('ended');
    this.#chrome.saved(this.#quiet());
    this.#standing.wait(requests);
    this.#chrome.panel(this.#config.course.title, this.#words('left-text'), [this.#wayBack()]);
  }

  /** The step is not open to the learner now: back to where they were. The rule that says no is for the log. */
  async #refused(): Promise<void> {
    if (this.#standing.isWaiting) this.#standing.show();
    else if (this.#beside && !this.#beside.isSeated) this.#beside.offer();
    else await this.start();
    this.#chrome.notice(this.#words('not-permitted'));
  }

  async #leave(url: string): Promise<void> {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    this.#chrome.saved('saving');
    // What could not be sent is kept on the device: nothing to wait for.
    await this.#opened?.close();
    this.#beside?.dismiss();
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
    this.#beside?.tell(text);
  }

  #wayBack(): Action {
    return { label: this.#words('back'), act: () => void this.#leave(this.#chrome.back.href) };
  }
}

function isExit(request: string): boolean {
  return ['exit', 'exitAll', 'suspendAll', 'abandon', 'abandonAll'].includes(request);
}

void new Player(JSON.parse(required('player-config').textContent ?? '') as Config).begin();
