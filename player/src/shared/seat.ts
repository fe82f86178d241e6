/**
 * What the player page and the window it opens for content say to each other. Both are pages of the application: they talk over a
 * `BroadcastChannel` that the page names anew for each window it opens, and so on its own, without a handle on one another.
 */

import type { ToFrame, ToPage } from './protocol.ts';

/** The name of the window of a registration: the next activity goes on in it. */
export function windowName(registration: string): string {
  return `preau-${registration}`;
}

/** The channel between a page and the window it opened as `id`. */
export function channelName(id: string): string {
  return `preau-window:${id}`;
}

/** `seat`: which document of the window is meant. A window that is loaded again has another one. */
export type ToSeat = { seat: string } & (
  | { type: 'frame'; message: ToFrame }
  /** Something to read in place of the content, with a button (`acted`) or none. */
  | { type: 'tell'; text: string; label?: string }
  /** A line beside the content; empty for none. */
  | { type: 'state'; text: string }
  /** The content is closed, and so the window. */
  | { type: 'dismiss' }
  /** The player page goes away; maybe it comes back. */
  | { type: 'bye' }
);

export type FromSeat = { seat: string } & (
  | { type: 'seated' }
  | { type: 'heard'; message: ToPage }
  | { type: 'acted' }
  /** The window closes, or loads again. */
  | { type: 'gone' }
);

/** The part of a `BroadcastChannel` that both ends use. */
export interface Channel {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: ToSeat | FromSeat): void;
  close(): void;
}

/** What `setTimeout` does; the answer cancels. */
export type After = (milliseconds: number, run: () => void) => () => void;

export const after: After = (milliseconds, run) => {
  const timer = setTimeout(run, milliseconds);
  return () => clearTimeout(timer);
};
