import { comboboxes } from './combobox.ts';
import { all } from './dom.ts';
import { checkedTexts, livingParts } from './follow.ts';
import { lines } from './lines.ts';
import { liveRegions } from './live.ts';
import { liveRecords } from './live-records.ts';
import { dialogs, menus, tabs, toast } from './overlays.ts';
import { savedForms, savedOrders } from './saved-forms.ts';
import { sortableLists } from './sortable-list.ts';
import { sortableTables } from './tables.ts';
import { themeSwitch } from './theme.ts';
import { uploaders } from './upload.ts';

/** A form with `data-once` is sent once: its button turns busy, and the back button finds it ready again. */
function onceForms(): void {
  for (const form of all<HTMLFormElement>('form[data-once]')) {
    form.addEventListener('submit', (event) => {
      const button = event.submitter ?? form.querySelector('button');
      if (button?.getAttribute('aria-busy') === 'true') event.preventDefault();
      else button?.setAttribute('aria-busy', 'true');
    });
  }
  addEventListener('pageshow', () => {
    for (const button of all('form[data-once] [aria-busy="true"]')) button.removeAttribute('aria-busy');
  });
}

/** Filters say what the page below them is about, also when the back button brings it back as it was left. */
function filterForms(): void {
  addEventListener('pageshow', (event) => {
    if (!event.persisted) return;
    for (const form of all<HTMLFormElement>('form.filter-bar[method="get"]')) form.reset();
  });
}

/** `<button data-reveals="id" aria-pressed>` shows what is typed into a password field, and hides it before it is sent. */
function reveals(): void {
  for (const button of all<HTMLButtonElement>('[data-reveals]')) {
    const input = document.getElementById(button.dataset.reveals ?? '');
    if (!(input instanceof HTMLInputElement)) continue;
    const show = (shown: boolean) => {
      input.type = shown ? 'text' : 'password';
      button.setAttribute('aria-pressed', String(shown));
    };
    button.addEventListener('click', () => {
      show(input.type === 'password');
      input.focus();
    });
    input.form?.addEventListener('submit', () => show(false));
  }
}

/** The section one is in stands in view, however many stand before it. */
function sections(): void {
  for (const link of all('.subnav [aria-current]')) {
    const list = link.closest('ul');
    const before = (list?.clientWidth ?? 0) - link.offsetWidth;
    list?.scrollBy({ left: link.getBoundingClientRect().left - list.getBoundingClientRect().left - before / 2 });
  }
}

/** `data-toast="text"` on a button of the component page: shows what a toast looks like. */
function toastSamples(): void {
  for (const button of all('[data-toast]')) {
    button.addEventListener('click', () => toast(button.dataset.toast ?? '', { undo: () => button.focus() }));
  }
}

document.documentElement.dataset.js = '';
menus();
dialogs();
tabs();
themeSwitch();
sortableTables();
sortableLists();
savedForms();
savedOrders();
comboboxes();
lines();
uploaders();
livingParts();
liveRecords();
checkedTexts();
onceForms();
filterForms();
toastSamples();
reveals();
sections();
liveRegions((region) => {
  sortableLists(region);
  comboboxes(region);
  lines(region);
});
