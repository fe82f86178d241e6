/** The controls of the media player: buttons, sliders, keyboard. */

import type { Words } from '../config.ts';
import { button, element, icon } from '../dom.ts';
import { clock } from './segments.ts';

const ICONS = {
  play: 'M6 4l14 8-14 8z',
  pause: 'M8 5v14M16 5v14',
  back: 'M3 12a9 9 0 1 0 3-6.7L3 8M3 3v5h5',
  forward: 'M21 12a9 9 0 1 1-3-6.7L21 8M21 3v5h-5',
  sound: 'M11 5 6 9H2v6h4l5 4zM15.5 8.5a5 5 0 0 1 0 7M19 5a10 10 0 0 1 0 14',
  silence: 'M11 5 6 9H2v6h4l5 4zM22 9l-6 6M16 9l6 6',
  captions: 'M3 5h18v14H3zM7 13h4M13 13h4M7 16h2M11 16h6',
  expand: 'M8 3H3v5M16 3h5v5M8 21H3v-5M16 21h5v-5',
} as const;

/** Read beside the arrow, and part of the button's name: WCAG 2.5.3. */
const TEN_SECONDS = '10 s';
const SPEEDS = [0.75, 1, 1.25, 1.5, 1.75, 2];

export interface ControlsOptions {
  readonly words: Words;
  readonly duration: number;
  readonly hasCaptions: boolean;
  readonly title: string;
}

export class Controls {
  /** The whole player. Its keys work while the focus is inside, and nowhere else: WCAG 2.1.4. */
  readonly element: HTMLElement;
  readonly #media: HTMLVideoElement | HTMLAudioElement;
  readonly #words: Words;
  readonly #length: number;
  readonly #play: HTMLButtonElement;
  readonly #mute: HTMLButtonElement;
  readonly #volume: HTMLInputElement;
  readonly #seek: HTMLInputElement;
  readonly #time: HTMLElement;
  readonly #said: HTMLElement;
  readonly #captions: HTMLButtonElement | undefined;
  readonly #full: HTMLButtonElement | undefined;
  #isDragging = false;

  constructor(media: HTMLVideoElement | HTMLAudioElement, options: ControlsOptions) {
    this.#media = media;
    this.#words = options.words;
    this.#length = options.duration;
    const word = options.words;
    const isVideo = media instanceof HTMLVideoElement;

    this.#play = this.#tool('player-tool player-tool-main', 'play', word('media-play'), () => this.toggle());
    const back = this.#tool('player-tool', 'back', word('media-back'), () => this.move(-10), TEN_SECONDS);
    const forward = this.#tool('player-tool', 'forward', word('media-forward'), () => this.move(10), TEN_SECONDS);
    this.#seek = element('input', {
      type: 'range',
      class: 'player-seek',
      min: '0',
      max: '1',
      step: 'any',
      value: '0',
      'aria-label': word('media-seek'),
    });
    this.#time = element('span', { class: 'player-time' });
    this.#mute = this.#tool('player-tool', 'sound', word('media-mute'), () => this.mute());
    this.#volume = element('input', {
      type: 'range',
      class: 'player-volume',
      min: '0',
      max: '1',
      step: '0.05',
      value: '1',
      'aria-label': word('media-volume'),
    });
    const speed = this.#speed();
    this.#captions = options.hasCaptions
      ? this.#tool('player-tool', 'captions', word('media-captions'), () => this.captions(), word('media-captions'))
      : undefined;
    this.#captions?.setAttribute('aria-pressed', 'false');
    this.#full = isVideo
      ? this.#tool('player-tool', 'expand', word('media-fullscreen'), () => this.full(), word('media-fullscreen'))
      : undefined;
    this.#said = element('p', { class: 'player-said', role: 'status' });

    const bar = element(
      'div',
      { class: 'player-controls', role: 'group', 'aria-label': options.title },
      element('div', { class: 'player-seek-row' }, this.#seek, this.#time),
      element(
        'div',
        { class: 'player-tools' },
        back,
        this.#play,
        forward,
        element('span', { class: 'player-tools-space' }),
        this.#mute,
        this.#volume,
        speed,
        ...[this.#captions, this.#full].filter((tool) => tool !== undefined),
      ),
      element('p', { class: 'player-keys' }, word('media-shortcuts')),
    );
    this.element = element(
      'div',
      {
        class: 'player-media',
        tabindex: '-1',
        role: 'group',
        'aria-label': options.title,
        'data-kind': isVideo ? 'video' : 'audio',
        'data-state': 'paused',
      },
      element(
        'div',
        { class: 'player-screen' },
        media,
        ...(isVideo ? [] : [element('p', { class: 'player-record' }, icon(ICONS.sound), options.title)]),
      ),
      this.#said,
      bar,
    );
    this.#listen();
    this.#tick();
  }

  /** The keys work from here on. */
  focus(): void {
    this.#play.focus({ preventScroll: true });
  }

  /** A sentence for everybody, the screen reader included. */
  say(text: string): void {
    this.#said.textContent = text;
  }

  fail(text: string, retry: () => void): void {
    const again = button('player-button', this.#words('retry'), () => {
      this.say('');
      retry();
    });
    this.#said.replaceChildren(text, ' ', again);
  }

  toggle(): void {
    if (this.#media.paused) void this.#media.play().catch(() => {});
    else this.#media.pause();
  }

  move(seconds: number): void {
    this.#media.currentTime = Math.min(Math.max(0, this.#media.currentTime + seconds), this.#end());
  }

  mute(): void {
    this.#media.muted = !this.#media.muted;
  }

  captions(): void {
    const [track] = this.#media.textTracks;
    if (!track) return;
    const on = track.mode !== 'showing';
    track.mode = on ? 'showing' : 'hidden';
    this.#captions?.setAttribute('aria-pressed', String(on));
  }

  full(): void {
    if (document.fullscreenElement) void document.exitFullscreen();
    else if (this.element.requestFullscreen) void this.element.requestFullscreen().catch(() => {});
    else (this.#media as HTMLVideoElement & { webkitEnterFullscreen?: () => void }).webkitEnterFullscreen?.();
  }

  #tool(className: string, name: keyof typeof ICONS, label: string, act: () => void, word?: string): HTMLButtonElement {
    const tool = element('button', { type: 'button', class: className, 'aria-label': label, title: label }, icon(ICONS[name]));
    if (word !== undefined) tool.append(element('span', { class: 'player-tool-word', 'aria-hidden': 'true' }, word));
    tool.addEventListener('click', act);
    return tool;
  }

  #relabel(tool: HTMLButtonElement, name: keyof typeof ICONS, label: string): void {
    if (tool.title === label) return;
    tool.title = label;
    tool.setAttribute('aria-label', label);
    tool.querySelector('svg')?.replaceWith(icon(ICONS[name]));
  }

  #speed(): HTMLElement {
    const select = element('select', { class: 'player-speed', 'aria-label': this.#words('media-speed') });
    for (const speed of SPEEDS) {
      const shown = speed.toLocaleString(document.documentElement.lang || undefined);
      const option = element('option', { value: String(speed) }, this.#words('media-speed-value', { speed: shown }));
      option.selected = speed === 1;
      select.append(option);
    }
    select.addEventListener('change', () => {
      this.#media.playbackRate = Number(select.value);
    });
    return select;
  }

  #listen(): void {
    const media = this.#media;
    for (const event of ['timeupdate', 'loadedmetadata', 'durationchange', 'seeked', 'emptied'])
      media.addEventListener(event, () => this.#tick());
    for (const event of ['play', 'pause', 'ended']) media.addEventListener(event, () => this.#playing());
    media.addEventListener('volumechange', () => this.#sound());
    media.addEventListener('playing', () => this.say(''));
    media.addEventListener('click', () => this.toggle());
    this.#seek.addEventListener('input', () => {
      this.#isDragging = true;
      this.#showTime(Number(this.#seek.value));
    });
    this.#seek.addEventListener('change', () => {
      this.#isDragging = false;
      media.currentTime = Number(this.#seek.value);
    });
    this.#volume.addEventListener('input', () => {
      media.volume = Number(this.#volume.value);
      media.muted = false;
    });
    this.element.addEventListener('keydown', (event) => this.#key(event));
    document.addEventListener('fullscreenchange', () => {
      const on = document.fullscreenElement === this.element;
      if (this.#full) this.#relabel(this.#full, 'expand', this.#words(on ? 'media-fullscreen-exit' : 'media-fullscreen'));
    });
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as HTMLElement;
    if (target instanceof HTMLSelectElement) return;
    // The space bar presses a button that has the focus, and the arrows move the volume that has it.
    if (target instanceof HTMLButtonElement && (event.key === ' ' || event.key === 'Enter')) return;
    if (target === this.#volume && event.key.startsWith('Arrow')) return;
    const act = this.#acts()[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  #acts(): Record<string, () => void> {
    return {
      ' ': () => this.toggle(),
      k: () => this.toggle(),
      ArrowLeft: () => this.move(-5),
      ArrowRight: () => this.move(5),
      j: () => this.move(-10),
      l: () => this.move(10),
      ArrowUp: () => this.#louder(0.1),
      ArrowDown: () => this.#louder(-0.1),
      Home: () => this.move(-this.#end()),
      m: () => this.mute(),
      f: () => this.#full && this.full(),
      c: () => this.captions(),
    };
  }

  #louder(by: number): void {
    this.#media.volume = Math.min(1, Math.max(0, this.#media.volume + by));
    this.#media.muted = false;
  }

  #playing(): void {
    const { paused, ended } = this.#media;
    this.element.dataset.state = paused ? 'paused' : 'playing';
    const label = ended ? 'media-replay' : paused ? 'media-play' : 'media-pause';
    this.#relabel(this.#play, paused ? 'play' : 'pause', this.#words(label));
  }

  #sound(): void {
    const { muted, volume } = this.#media;
    this.#relabel(this.#mute, muted ? 'silence' : 'sound', this.#words(muted ? 'media-unmute' : 'media-mute'));
    this.#volume.value = String(muted ? 0 : volume);
  }

  #end(): number {
    const { duration } = this.#media;
    return Number.isFinite(duration) && duration > 0 ? duration : this.#length;
  }

  #tick(): void {
    this.#seek.max = String(this.#end());
    if (this.#isDragging) return;
    this.#seek.value = String(this.#media.currentTime);
    this.#showTime(this.#media.currentTime);
  }

  #showTime(position: number): void {
    const end = this.#end();
    const time = `${clock(position)} / ${clock(end)}`;
    if (this.#time.textContent === time) return;
    this.#time.textContent = time;
    this.#seek.setAttribute('aria-valuetext', this.#words('media-position', { position: clock(position), duration: clock(end) }));
    this.#seek.style.setProperty('--share', String(end > 0 ? position / end : 0));
  }
}
