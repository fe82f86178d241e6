/** The outline of the player: a column where there is room, a drawer where there is none. */

import { optional } from './dom.ts';

const NARROW = '(max-width: 56rem)';
const REMEMBERED = 'preau.player.outline';

/** Puts the outline where it belongs, and answers what closes the drawer. `named` tells the button what it would do. */
export function outlineDrawer(root: HTMLElement, named: (open: boolean) => string): () => void {
  const outline = optional<HTMLElement>('player-outline');
  const column = optional<HTMLElement>('player-column');
  const drawer = optional<HTMLDialogElement>('player-drawer');
  const toggle = optional<HTMLButtonElement>('player-outline-toggle');
  if (!toggle || !drawer || !outline) return () => {};
  const narrow = window.matchMedia(NARROW);

  const showColumn = (open: boolean) => {
    root.dataset.outline = open ? 'open' : 'closed';
    if (column) column.hidden = !open;
    toggle.setAttribute('aria-expanded', String(open));
    toggle.setAttribute('title', named(open));
  };
  const place = () => {
    drawer.close();
    (narrow.matches ? drawer : column)?.append(outline);
    showColumn(!narrow.matches && remembered() !== 'closed');
  };
  place();
  narrow.addEventListener('change', place);
  toggle.addEventListener('click', () => {
    if (narrow.matches) {
      drawer.showModal();
      toggle.setAttribute('aria-expanded', 'true');
    } else {
      const open = root.dataset.outline !== 'open';
      showColumn(open);
      remember(open ? 'open' : 'closed');
    }
  });
  drawer.addEventListener('close', () => toggle.setAttribute('aria-expanded', 'false'));
  drawer.addEventListener('click', (event) => {
    if (event.target === drawer) drawer.close();
  });
  optional('player-drawer-close')?.addEventListener('click', () => drawer.close());
  return () => drawer.close();
}

function remembered(): string | null {
  try {
    return localStorage.getItem(REMEMBERED);
  } catch {
    return null;
  }
}

function remember(value: string): void {
  try {
    localStorage.setItem(REMEMBERED, value);
  } catch {
    // A browser that refuses storage asks again next time.
  }
}
