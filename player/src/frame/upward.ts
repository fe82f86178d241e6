/**
 * Content that goes on in its parent: `target="_parent"`, `parent.location = …`, `window.open(…, "_parent")`. Old SCORM does, where it
 * brought a frame of its own around its pages. Its parent here is the launch frame, which holds the API and has to stay: the way is
 * taken within the content's frame instead.
 */

/** What is used of the browser's `NavigateEvent`; the library's types do not have it yet. */
export interface Going {
  readonly cancelable: boolean;
  readonly hashChange: boolean;
  readonly navigationType: string;
  readonly destination: { readonly url: string };
  preventDefault(): void;
}

/** The address to open within the content's frame, where the launch frame itself was about to be taken there. */
export function insteadOf(event: Going): string | undefined {
  if (!event.cancelable || event.navigationType === 'traverse') return undefined;
  event.preventDefault();
  return !event.hashChange && /^https?:/.test(event.destination.url) ? event.destination.url : undefined;
}

/** A link of the content that leads past its frame: to the frame around it, or to the whole page. */
export function isUpward(target: string, isOutermost: boolean): boolean {
  const named = target.toLowerCase();
  return named === '_top' || (named === '_parent' && isOutermost);
}

/** Takes clicks on such links within the content's frame, unless its own scripts did something else. */
export function upwardClicks(content: Window | null, go: (url: string) => void, isOutermost = true): void {
  if (!content) return;
  try {
    content.addEventListener('click', (event) => {
      const link = (event.target as Element | null)?.closest?.<HTMLAnchorElement>('a[href], area[href]');
      if (!link || event.defaultPrevented || !/^https?:/.test(link.href)) return;
      const target = link.target || link.ownerDocument.querySelector<HTMLBaseElement>('base[target]')?.target || '';
      if (!isUpward(target, isOutermost)) return;
      event.preventDefault();
      go(link.href);
    });
    for (let index = 0; index < content.length; index += 1) upwardClicks(content[index] ?? null, go, false);
  } catch {
    // It has gone to another origin, whose links are its own.
  }
}
