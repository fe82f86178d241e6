/** The launch frames of a player page: the one its content is in, on the page or in a window of its own, and one out of sight. */

import type { ToPage } from '../shared/protocol.ts';
import type { Config } from './config.ts';
import { element, optional } from './dom.ts';
import { FrameLink, framed, type Line } from './frame-link.ts';
import type { Launches } from './launches.ts';

const ID = 'player-frame';

export class Frames {
  readonly #config: Config;
  readonly #launches: Launches;
  readonly #heard: (message: ToPage) => void;
  #link: FrameLink | undefined;
  #sender: FrameLink | undefined;

  constructor(config: Config, launches: Launches, heard: (message: ToPage) => void) {
    this.#config = config;
    this.#launches = launches;
    this.#heard = heard;
  }

  /** That of the content. None for video and audio, which are played by the page itself: the server renders no frame for them. */
  content(): FrameLink | undefined {
    const frame = this.#sender ? undefined : optional<HTMLIFrameElement>(ID);
    if (frame) this.#link ??= this.#linkTo(framed(frame, this.#config.content_origin));
    return this.#link;
  }

  /** Out of sight, made when it is first asked for: sends what this device kept, since only the content's origin can read it. */
  sender(): FrameLink {
    if (!this.#sender) {
      const frame = element('iframe', { id: ID, hidden: true, src: this.#address });
      document.body.append(frame);
      this.#sender = this.#linkTo(framed(frame, this.#config.content_origin));
    }
    return this.#sender;
  }

  /** The content is elsewhere: this is the line there. */
  elsewhere(line: Line): void {
    this.#link = this.#linkTo(line);
  }

  /** The content is on this page after all. */
  here(stage: HTMLElement): void {
    this.#sender = undefined;
    this.remove();
    const { allow } = this.#config.frame;
    const title = this.#config.activity.title;
    const frame = element('iframe', { class: ID, id: ID, title, allow, src: this.#address });
    stage.prepend(frame);
  }

  /** Loads the content's frame anew, after it did not answer. */
  reload(): void {
    const frame = optional<HTMLIFrameElement>(ID);
    if (!frame) return;
    const { src } = frame;
    frame.src = src;
  }

  remove(): void {
    optional(ID)?.remove();
    this.#link = undefined;
  }

  get #address(): string {
    return `${this.#config.content_origin}/frame/`;
  }

  #linkTo(line: Line): FrameLink {
    const addresses = (one?: string) => this.#launches.addresses(one);
    return new FrameLink(line, this.#config.registration, addresses, this.#heard);
  }
}
