/** A cmi5 unit that demands to be alone in its window (launchMethod `OwnWindow`): nothing of this page is around it. */

import type { Action, Chrome } from './chrome.ts';
import type { Words } from './config.ts';
import { element } from './dom.ts';

/** A link and no script: no browser blocks it, and the window cannot reach back into this page. */
export function offerLink(chrome: Chrome, words: Words, title: string, url: string): void {
  const link = element(
    'a',
    { class: 'player-button player-button-main', href: url, target: '_blank', rel: 'noopener noreferrer' },
    words('own-window-open'),
  );
  link.addEventListener('click', () => {
    // The address is good for one session: another opening is another launch.
    setTimeout(() => {
      const again: Action = { label: words('own-window-again'), act: () => location.reload() };
      chrome.panel(title, words('own-window-opened'), [again]);
    });
  });
  chrome.panel(title, words('own-window-text'), [link]);
}
