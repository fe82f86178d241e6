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

const met = new WeakSet<Document>();

/**
 * Takes such links and calls of `window.open` within the content's frame, unless its own scripts did something else; in the frames
 * of the content as well. What is left is `top.location = …`, which nobody but a sandbox could take.
 *
 * A page is met as soon as the one before it has gone, and a frame as soon as it is there: a link can be followed long before the
 * last picture has come.
 */
export function keepWithin(content: Window | null, go: (url: string) => void, isOutermost = true): void {
  if (!content) return;
  try {
    const { document } = content;
    if (met.has(document)) return;
    met.add(document);
    takeOpenings(content, go, isOutermost);
    const keepFrames = (): void => {
      for (let index = 0; index < content.length; index += 1) keepWithin(content[index] ?? null, go, false);
    };
    let listeners = listen(content, go, isOutermost);
    const watch = new MutationObserver((changes) => {
      // A page that writes itself anew (`document.open`) loses its root, and with it what listens anywhere in it.
      if (changes.some(({ target }) => target === document)) {
        listeners.abort();
        listeners = listen(content, go, isOutermost);
      }
      keepFrames();
    });
    watch.observe(document, { childList: true, subtree: true });
    keepFrames();
  } catch {
    // It has gone to another origin, whose links are its own.
  }
}

function listen(content: Window, go: (url: string) => void, isOutermost: boolean): AbortController {
  const listeners = new AbortController();
  const { signal } = listeners;
  takeClicks(content, go, isOutermost, signal);
  // The next page is in its place as soon as all have heard that this one goes.
  content.addEventListener('pagehide', () => setTimeout(() => keepWithin(content, go, isOutermost)), { signal });
  // That a frame has loaded, back from another origin perhaps, does not rise to the documents around it, but is seen on its way down.
  content.document.addEventListener('load', ({ target }) => keepWithin(windowOf(target), go, false), { capture: true, signal });
  return listeners;
}

function windowOf(target: EventTarget | null): Window | null {
  return (target as Partial<HTMLIFrameElement> | null)?.contentWindow ?? null;
}

function takeClicks(content: Window, go: (url: string) => void, isOutermost: boolean, signal: AbortSignal): void {
  const take = (event: MouseEvent): void => {
    const link = (event.target as Element | null)?.closest?.<HTMLAnchorElement>('a[href], area[href]');
    if (!link || event.defaultPrevented || !/^https?:/.test(link.href)) return;
    const target = link.target || link.ownerDocument.querySelector<HTMLBaseElement>('base[target]')?.target || '';
    if (!isUpward(target, isOutermost)) return;
    event.preventDefault();
    go(link.href);
  };
  content.addEventListener('click', take, { signal });
}

function absolute(url: string, base: string): string {
  return URL.canParse(url, base) ? new URL(url, base).href : '';
}

export function takeOpenings(
  content: Pick<Window, 'open'> & { readonly document: Pick<Document, 'baseURI'> },
  go: (url: string) => void,
  isOutermost: boolean,
): void {
  const open = content.open.bind(content);
  content.open = (url, target, features) => {
    const address = url && isUpward(String(target ?? ''), isOutermost) ? absolute(String(url), content.document.baseURI) : '';
    if (!/^https?:/.test(address)) return open(url, target, features);
    go(address);
    // As the browser does, which answers the window that goes there.
    return content as Window;
  };
}
