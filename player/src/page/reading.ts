/** The player page of what the server shows by itself: the outline, and how long the page was really looked at. */

import { optional, required } from './dom.ts';
import { outlineDrawer } from './drawer.ts';
import { Looked } from './looked.ts';

const toggle = optional('player-outline-toggle')?.textContent?.trim() ?? '';
outlineDrawer(required('player'), () => toggle);

const looked = new Looked(performance.now(), document.visibilityState === 'visible');
document.addEventListener('visibilitychange', () => {
  looked.turn(performance.now(), document.visibilityState === 'visible');
});

/** What is sent by a form on the page ends the visit there: it says how long it was, and nothing is told twice. */
let isTold = false;
for (const field of document.querySelectorAll<HTMLInputElement>('input[name="seconds"]')) {
  field.form?.addEventListener('submit', () => {
    field.value = String(looked.seconds(performance.now()));
    isTold = true;
  });
}

const visit = document.querySelector<HTMLElement>('[data-visit]');
addEventListener('pagehide', () => {
  const address = visit?.dataset.visit;
  if (!address || isTold) return;
  const told = { launch: visit.dataset.launch ?? '', seconds: String(looked.seconds(performance.now())) };
  navigator.sendBeacon(address, new URLSearchParams(told));
  isTold = true;
});
// What opens elsewhere may have ended the step: who comes back sees it.
let hasOpened = false;
for (const link of document.querySelectorAll('[data-elsewhere]')) {
  link.addEventListener('click', () => {
    hasOpened = true;
  });
}
document.addEventListener('visibilitychange', () => {
  if (hasOpened && document.visibilityState === 'visible') location.reload();
});
// A page brought back by the back button has told its end: it is a new visit.
addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload();
});
