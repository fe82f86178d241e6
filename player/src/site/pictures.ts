/** Pictures of a page: chosen, dropped or pasted; what they show is asked for before they are put into the text. */

import { picture } from './writing.ts';

export function pictureDialog(area: HTMLTextAreaElement, insert: (markdown: string) => void): void {
  const dialog = document.getElementById('picture-dialog');
  const form = document.getElementById('picture-form');
  const input = document.getElementById('picture-file');
  const alt = document.getElementById('picture-alt');
  const state = document.getElementById('picture-state');
  if (!(dialog instanceof HTMLDialogElement && form instanceof HTMLFormElement)) return;
  if (!(input instanceof HTMLInputElement && alt instanceof HTMLInputElement && state)) return;

  const ask = (files?: FileList) => {
    form.reset();
    state.textContent = '';
    if (files) input.files = files;
    dialog.showModal();
    (files ? alt : input).focus();
  };
  document.getElementById('tool-picture')?.addEventListener('click', () => ask());
  const pictures = (data: DataTransfer | null) => {
    const has = [...(data?.files ?? [])].some((file) => file.type.startsWith('image/'));
    return has ? data?.files : undefined;
  };
  area.addEventListener('paste', (event) => {
    const files = pictures(event.clipboardData);
    if (!files) return;
    event.preventDefault();
    ask(files);
  });
  area.addEventListener('dragover', (event) => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
  });
  area.addEventListener('drop', (event) => {
    const files = pictures(event.dataTransfer);
    if (!files) return;
    event.preventDefault();
    ask(files);
  });

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const file = input.files?.[0];
    if (!file) {
      state.textContent = form.dataset.missing ?? '';
      return;
    }
    const button = form.querySelector('button');
    button?.setAttribute('aria-busy', 'true');
    state.textContent = form.dataset.sending ?? '';
    const address = `${form.dataset.url}?filename=${encodeURIComponent(file.name)}`;
    const headers = { Accept: 'application/json', 'Content-Type': 'application/octet-stream' };
    const answer = await fetch(address, { method: 'POST', body: file, headers }).catch(() => undefined);
    const told = await answer?.json().catch(() => undefined);
    button?.removeAttribute('aria-busy');
    if (!answer?.ok || typeof told?.name !== 'string') {
      state.textContent = told?.title ?? form.dataset.failed ?? '';
      return;
    }
    dialog.close();
    insert(picture(told.name, alt.value));
  });
}
