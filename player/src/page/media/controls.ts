/** The controls of the media player: buttons, sliders, keyboard. */

import type { Caption } from '../../shared/protocol.ts';
import type { Words } from '../config.ts';
import { button, element, icon } from '../dom.ts';
import { prefer, preferred } from './preferences.ts';
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
  readonly captions: readonly Caption[];
  readonly title: string;
  /** The learner changed how they watch. */
  changed(): void;
}

/** How the learner watches, for the record. */
export interface Settings {
  readonly speed: number;
  readonly volume: number;
  readonly fullscreen: boolean;
  /** Language of the captions that show; empty if none do. */
  readonly captions: string;
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
  readonly #languages: HTMLSelectElement | undefined;
  readonly #offered: readonly Caption[];
  readonly #shown: HTMLElement;
  readonly #changed: () => void;
  #language: string;
  readonly #full: HTMLButtonElement | undefined;
  readonly #speedSelect: HTMLSelectElement;
  #isDragging = false;
  #isFull = false;

  constructor(media: HTMLVideoElement | HTMLAudioElement, options: ControlsOptions) {
    this.#media = media;
    this.#words = options.words;
    this.#length = options.duration;
    this.#offered = options.captions;
    this.#changed = options.changed;
    this.#language = this.#wanted();
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
    this.#speedSelect = this.#speed();
    this.#captions =
      options.captions.length > 0
        ? this.#tool('player-tool', 'captions', word('media-captions'), () => this.captions(), word('media-captions'))
        : undefined;
    this.#languages = options.captions.length > 1 ? this.#choice() : undefined;
    this.#shown = element('p', { class: 'player-captions', hidden: true });
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
        this.#speedSelect,
        ...[this.#captions, this.#languages, this.#full].filter((tool) => tool !== undefined),
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
        ...(isVideo ? [] : [element('p', { class: 'player-record' }, icon(ICONS.sound), options.title), this.#shown]),
      ),
      this.#said,
      bar,
    );
    this.#listen();
    this.#tick();
    this.#recall();
    if (preferred('captions') === 'on') this.#show(true);
    else this.#show(false);
  }

  settings(): Settings {
    const { playbackRate, volume, muted } = this.#media;
    return {
      speed: playbackRate,
      volume: muted ? 0 : Math.round(volume * 100) / 100,
      fullscreen: document.fullscreenElement === this.element,
      captions:
        this.#track()?.mode === 'disabled' || this.#captions?.getAttribute('aria-pressed') !== 'true' ? '' : this.#language,
    };
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
    this.#heard();
  }

  #heard(): void {
    prefer('volume', String(this.#media.volume));
    this.#changed();
  }

  /** Goes to a tenth of the whole. */
  jump(tenth: number): void {
    this.#media.currentTime = (this.#end() * tenth) / 10;
  }

  captions(): void {
    if (!this.#captions) return;
    const on = this.#captions.getAttribute('aria-pressed') !== 'true';
    this.#show(on);
    prefer('captions', on ? 'on' : 'off');
    this.#changed();
  }

  #show(on: boolean): void {
    const isVideo = this.#media instanceof HTMLVideoElement;
    for (const track of this.#media.textTracks) {
      const isIt = on && track.language === this.#language;
      // A recording has no picture to draw captions on: they are written under its title.
      track.mode = !isIt ? 'disabled' : isVideo ? 'showing' : 'hidden';
    }
    this.#captions?.setAttribute('aria-pressed', String(on));
    if (this.#languages) this.#languages.value = this.#language;
    this.#shown.hidden = isVideo || !on;
    this.#shown.lang = this.#language;
  }

  /** The language chosen last, else that of the page, else the first there is. */
  #wanted(): string {
    const wishes = [preferred('captions-language'), document.documentElement.lang];
    const found = wishes.map((wish) => this.#offered.find(({ language }) => language === wish)).find(Boolean);
    return (found ?? this.#offered[0])?.language ?? '';
  }

  #choice(): HTMLSelectElement {
    const select = element('select', { class: 'player-speed', 'aria-label': this.#words('media-captions-language') });
    for (const { language, label } of this.#offered) select.append(element('option', { value: language, lang: language }, label));
    select.addEventListener('change', () => {
      this.#language = select.value;
      prefer('captions-language', select.value);
      prefer('captions', 'on');
      this.#show(true);
      this.#changed();
    });
    return select;
  }

  #track(): TextTrack | undefined {
    return [...this.#media.textTracks].find((track) => track.language === this.#language);
  }

  #write(track: TextTrack): void {
    if (this.#media instanceof HTMLVideoElement || track.language !== this.#language) return;
    const lines = [...(track.activeCues ?? [])].map((cue) => (cue as VTTCue).getCueAsHTML());
    this.#shown.replaceChildren(...lines.flatMap((line, place) => (place > 0 ? [element('br'), line] : [line])));
  }

  /** Speed and volume as they were the last time. */
  #recall(): void {
    const speed = Number(preferred('speed'));
    if (SPEEDS.includes(speed)) {
      this.#media.defaultPlaybackRate = speed;
      this.#media.playbackRate = speed;
      this.#speedSelect.value = String(speed);
    }
    const volume = preferred('volume');
    if (volume !== null && Number(volume) >= 0 && Number(volume) <= 1) this.#media.volume = Number(volume);
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

  #speed(): HTMLSelectElement {
    const select = element('select', { class: 'player-speed', 'aria-label': this.#words('media-speed') });
    for (const speed of SPEEDS) {
      const shown = speed.toLocaleString(document.documentElement.lang || undefined);
      const option = element('option', { value: String(speed) }, this.#words('media-speed-value', { speed: shown }));
      option.selected = speed === 1;
      select.append(option);
    }
    select.addEventListener('change', () => {
      this.#media.playbackRate = Number(select.value);
      this.#media.defaultPlaybackRate = Number(select.value);
      prefer('speed', select.value);
      this.#changed();
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
    this.#volume.addEventListener('change', () => this.#heard());
    for (const track of media.textTracks) track.addEventListener('cuechange', () => this.#write(track));
    this.element.addEventListener('keydown', (event) => this.#key(event));
    document.addEventListener('fullscreenchange', () => {
      const on = document.fullscreenElement === this.element;
      if (this.#full) this.#relabel(this.#full, 'expand', this.#words(on ? 'media-fullscreen-exit' : 'media-fullscreen'));
      if (on !== this.#isFull) this.#changed();
      this.#isFull = on;
    });
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as HTMLElement;
    if (target instanceof HTMLSelectElement) return;
    // The space bar presses a button that has the focus, and the arrows move the volume that has it.
    if (target instanceof HTMLButtonElement && (event.key === ' ' || event.key === 'Enter')) return;
    if (target === this.#volume && event.key.startsWith('Arrow')) return;
    const act = /^[0-9]$/.test(event.key)
      ? () => this.jump(Number(event.key))
      : this.#acts()[event.key.length === 1 ? event.key.toLowerCase() : event.key];
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
    this.#heard();
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
