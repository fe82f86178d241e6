/** The player of video and audio: our own controls, for keyboard, touch and screen reader alike. */

import type { Launch, MediaRuntime, Progress, SavedState, ValidRequests } from '../../shared/protocol.ts';
import type { Words } from '../config.ts';
import { element } from '../dom.ts';
import { postJson } from '../http.ts';
import { Controls } from './controls.ts';
import { type Report, Reporter, type Snapshot, type Told } from './reporter.ts';
import { clock, Played, type Segment } from './segments.ts';

export interface MediaSurroundings {
  readonly launch: Launch<MediaRuntime>;
  readonly url: string;
  /** Key under which this device keeps what the server has not got yet. */
  readonly keep: string;
  readonly words: Words;
  saved(state: SavedState): void;
  progressed(progress: Progress, requests: ValidRequests | undefined): void;
  ended(): void;
}

/** Resuming closer to the end than this would show nothing but the end. */
const END = 3;

export class MediaPlayer {
  readonly element: HTMLElement;
  readonly #around: MediaSurroundings;
  readonly #media: HTMLVideoElement | HTMLAudioElement;
  readonly #controls: Controls;
  readonly #played: Played;
  readonly #reporter: Reporter | undefined;
  #resumeAt: number;
  #isInitialized = false;
  #isComplete = false;
  readonly #goes = () => this.#leave();
  readonly #online = () => this.#reporter?.online();

  constructor(around: MediaSurroundings) {
    const { runtime } = around.launch;
    this.#around = around;
    const kept = around.launch.mode === 'normal' ? keptAt(around.keep) : undefined;
    this.#played = new Played([...(runtime.played ?? []), ...(kept?.played ?? [])] as Segment[]);
    this.#resumeAt = kept?.position ?? runtime.position;
    this.#isComplete = this.#played.share(runtime.duration) >= runtime.completion;
    this.#media = this.#makeMedia(runtime);
    this.#controls = new Controls(this.#media, {
      words: around.words,
      duration: runtime.duration,
      captions: runtime.captions ?? [],
      title: around.launch.activity.title,
      changed: () => this.#interacted(),
    });
    this.element = this.#controls.element;
    if (around.launch.mode === 'normal') this.#reporter = this.#makeReporter();
    this.#listen();
    // What an earlier visit could not send goes first.
    if (kept) this.#reporter?.event('progressed', { ...kept, played: this.#played.list() });
  }

  focus(): void {
    this.#controls.focus();
  }

  /** Stops playing and answers whether everything is saved. */
  async close(): Promise<boolean> {
    this.#media.pause();
    this.#played.end();
    window.removeEventListener('pagehide', this.#goes);
    const saved = (await this.#reporter?.close(this.#snapshot())) ?? true;
    window.removeEventListener('online', this.#online);
    this.element.remove();
    return saved;
  }

  #makeMedia(runtime: MediaRuntime): HTMLVideoElement | HTMLAudioElement {
    const captions = runtime.captions ?? [];
    const media = element(runtime.kind === 'video' ? 'video' : 'audio', {
      class: 'player-medium',
      preload: 'metadata',
      playsinline: true,
      poster: runtime.kind === 'video' ? (runtime.poster ?? undefined) : undefined,
      src: runtime.src,
    });
    for (const { src, language, label } of captions) {
      media.append(element('track', { kind: 'captions', src, srclang: language, label }));
    }
    return media;
  }

  #makeReporter(): Reporter {
    const { launch, url, keep } = this.#around;
    return new Reporter({
      launch: launch.launch,
      lease: launch.lease,
      sequence: launch.runtime.sequence ?? 0,
      post: (report: Report, keepalive: boolean) => postJson<Told>(url, report, keepalive),
      after: (milliseconds, run) => {
        const timer = setTimeout(run, milliseconds);
        return () => clearTimeout(timer);
      },
      keep: (snapshot) => keepAt(keep, snapshot),
      state: (state) => this.#around.saved(state),
      told: (answer) => {
        if (answer.progress) this.#around.progressed(answer.progress, answer.valid_requests);
      },
    });
  }

  #listen(): void {
    const media = this.#media;
    media.addEventListener('loadedmetadata', () => this.#begin());
    media.addEventListener('play', () => {
      this.#played.begin(media.currentTime);
      this.#reporter?.event('played', this.#snapshot());
    });
    media.addEventListener('timeupdate', () => this.#advance());
    media.addEventListener('seeking', () => this.#played.end());
    media.addEventListener('seeked', () => {
      if (!media.paused) this.#played.begin(media.currentTime);
      if (this.#isInitialized) this.#reporter?.event('seeked', this.#snapshot());
    });
    media.addEventListener('pause', () => {
      this.#advance();
      this.#played.end();
      this.#reporter?.event('paused', this.#snapshot());
    });
    media.addEventListener('ended', () => this.#around.ended());
    media.addEventListener('error', () => this.#failed());
    window.addEventListener('pagehide', this.#goes);
    window.addEventListener('online', this.#online);
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden' && !media.paused) this.#reporter?.event('progressed', this.#snapshot());
    });
  }

  /** The length is known: resume where the learner left, once for each loading of the file. */
  #begin(): void {
    const media = this.#media;
    if (this.#resumeAt > 0 && this.#resumeAt < this.#length() - END) {
      media.currentTime = this.#resumeAt;
      this.#controls.say(this.#around.words('media-resumed', { position: clock(this.#resumeAt) }));
    }
    if (!this.#isInitialized) {
      const snapshot = { ...this.#snapshot(), position: media.currentTime };
      this.#reporter?.event('initialized', snapshot, this.#controls.settings());
    }
    this.#isInitialized = true;
  }

  #advance(): void {
    const media = this.#media;
    // Between a jump and its event the position is already the new one.
    if (media.seeking || !this.#isInitialized) return;
    this.#resumeAt = media.currentTime;
    this.#played.reach(media.currentTime);
    if (!media.paused) this.#reporter?.playing(this.#snapshot());
    if (!this.#isComplete && this.#played.share(this.#length()) >= this.#around.launch.runtime.completion) {
      this.#isComplete = true;
      this.#reporter?.event('completed', this.#snapshot());
    }
  }

  /** The learner changed speed, volume, captions or screen. */
  #interacted(): void {
    if (this.#isInitialized) this.#reporter?.event('interacted', this.#snapshot(), this.#controls.settings());
  }

  #leave(): void {
    this.#played.end();
    this.#reporter?.leave(this.#snapshot());
  }

  #failed(): void {
    this.#controls.fail(this.#around.words('media-failed'), () => this.#media.load());
  }

  #length(): number {
    const { duration } = this.#media;
    return Number.isFinite(duration) && duration > 0 ? duration : this.#around.launch.runtime.duration;
  }

  #snapshot(): Snapshot {
    const position = this.#isInitialized ? this.#media.currentTime : this.#resumeAt;
    return { position: Math.round(position * 1_000) / 1_000, duration: this.#length(), played: this.#played.list() };
  }
}

function keptAt(key: string): Snapshot | undefined {
  try {
    const text = localStorage.getItem(key);
    const kept = text === null ? undefined : (JSON.parse(text) as Snapshot);
    return kept && typeof kept.position === 'number' && Array.isArray(kept.played) ? kept : undefined;
  } catch {
    return undefined;
  }
}

function keepAt(key: string, snapshot: Snapshot | undefined): void {
  try {
    if (snapshot) localStorage.setItem(key, JSON.stringify(snapshot));
    else localStorage.removeItem(key);
  } catch {
    // A browser that refuses storage has the server only.
  }
}
