/** The editor of what is written here: saved as it is typed, shown as learners will see it, pictures put where the cursor is. */

import { autosave } from './autosave.ts';
import { all } from './dom.ts';
import { pictureDialog } from './pictures.ts';
import { bold, type Change, heading, link, list, type Selected } from './writing.ts';

const form = document.querySelector<HTMLFormElement>('form[data-autosave]');
if (form) autosave(form);

const text = document.querySelector<HTMLTextAreaElement>('textarea#f-text');
if (text) {
  tools(text);
  preview(text);
  pictureDialog(text, (markdown) => insert(text, { from: text.selectionStart, to: text.selectionEnd, text: markdown }));
}

function selected(area: HTMLTextAreaElement): Selected {
  return { text: area.value, from: area.selectionStart, to: area.selectionEnd };
}

/** Typed by command, so that the browser's own undo takes it back. */
function insert(area: HTMLTextAreaElement, change: Change): void {
  area.focus();
  area.setSelectionRange(change.from, change.to);
  if (!document.execCommand('insertText', false, change.text)) {
    area.setRangeText(change.text, change.from, change.to, 'end');
    area.dispatchEvent(new InputEvent('input', { bubbles: true }));
  }
  if (change.select) area.setSelectionRange(change.select[0], change.select[1]);
}

function tools(area: HTMLTextAreaElement): void {
  const words = area.closest<HTMLElement>('[data-bold]')?.dataset ?? {};
  const change = (id: string, make: (at: Selected) => Change, key = '') => {
    const act = () => insert(area, make(selected(area)));
    document.getElementById(id)?.addEventListener('click', act);
    if (!key) return;
    area.addEventListener('keydown', (event) => {
      if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === key) {
        event.preventDefault();
        act();
      }
    });
  };
  change('tool-heading', heading);
  change('tool-bold', (at) => bold(at, words.bold ?? ''), 'b');
  change('tool-list', list);
  change('tool-link', (at) => link(at, words.link ?? ''), 'k');
}

/** The server makes the preview, by the same hand that will make the page. */
function preview(area: HTMLTextAreaElement): void {
  const [place] = all('[data-preview]');
  if (!place) return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;
  const show = async () => {
    asked += 1;
    const mine = asked;
    const body = new URLSearchParams({ text: area.value });
    const answer = await fetch(place.dataset.preview ?? '', { method: 'POST', body }).catch(() => undefined);
    if (!answer?.ok || mine !== asked) return;
    const html = await answer.text();
    if (html) place.innerHTML = html;
    else place.textContent = place.dataset.empty ?? '';
  };
  area.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => void show(), 400);
  });
}
