/** Says `beforeunload` to content that is about to be removed: a browser fires it when a page goes, not when a frame is removed. */

/** The parts of a window that this uses. */
export interface Listening {
  readonly document: { createEvent(kind: 'BeforeUnloadEvent'): Event };
  readonly length: number;
  readonly [index: number]: Listening | undefined;
  dispatchEvent(event: Event): boolean;
}

/**
 * To a window and everything in it of the same origin, the outer before the inner as browsers do. Nothing that content does in its
 * handlers can keep it from being removed, and nobody is asked.
 */
export function sayFarewell(window: Listening | null | undefined): void {
  if (!window) return;
  // Kept apart from the event: a handler may remove frames, and a frame may have gone to another origin, where every access throws.
  const inner: (Listening | undefined)[] = [];
  try {
    const event = window.document.createEvent('BeforeUnloadEvent');
    event.initEvent('beforeunload', false, true);
    for (let index = 0; index < window.length; index += 1) inner.push(window[index]);
    window.dispatchEvent(event);
  } catch {
    return;
  }
  for (const one of inner) sayFarewell(one);
}
