import { all, make } from './dom.ts';

/** Menus are <details>: they also close on Escape, on a click elsewhere and when the focus leaves. */
export function menus(): void {
  for (const menu of all<HTMLDetailsElement>('details[data-menu]')) {
    menu.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || !menu.open) return;
      menu.open = false;
      menu.querySelector('summary')?.focus();
    });
    menu.addEventListener('focusout', (event) => {
      if (event.relatedTarget instanceof Node && !menu.contains(event.relatedTarget)) menu.open = false;
    });
  }
  document.addEventListener('click', (event) => {
    for (const menu of all<HTMLDetailsElement>('details[data-menu][open]')) {
      if (event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
    }
  });
}

/** `<button data-opens="id">` opens the dialog; a press on the veil closes it. The browser keeps and returns the focus. */
export function dialogs(): void {
  for (const button of all('[data-opens]')) {
    button.addEventListener('click', () => {
      const dialog = document.getElementById(button.dataset.opens ?? '');
      if (dialog instanceof HTMLDialogElement) dialog.showModal();
    });
  }
  for (const dialog of all<HTMLDialogElement>('dialog.dialog')) {
    dialog.addEventListener('pointerdown', (event) => {
      if (event.target !== dialog) return;
      const box = dialog.getBoundingClientRect();
      const inside =
        event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
      if (!inside) dialog.close();
    });
  }
}

/** Says something in the corner of the page. With `undo` it stays until it is used or closed; otherwise it leaves by itself. */
export function toast(text: string, options: { undo?: () => void; fault?: boolean } = {}): void {
  const place = document.querySelector<HTMLElement>('[data-toasts]');
  if (!place) return;
  const box = make('div', options.fault ? 'toast toast-fault' : 'toast');
  box.append(make('p', '', text));
  if (options.undo) {
    const { undo } = options;
    const button = make('button', 'button button-small', place.dataset.undo);
    button.type = 'button';
    button.addEventListener('click', () => {
      box.remove();
      undo();
    });
    box.append(button);
  }
  const close = make('button', 'button button-small', place.dataset.close);
  close.type = 'button';
  close.addEventListener('click', () => box.remove());
  box.append(close);
  place.replaceChildren(box);
  if (!options.undo && !options.fault) setTimeout(() => box.remove(), 8000);
}

/** Tabs within a page: arrows move, Home and End jump. Without script all panels stand one below the other. */
export function tabs(): void {
  for (const group of all('.tabs[data-tabs]')) {
    const heads = all<HTMLButtonElement>('[role="tab"]', group);
    const select = (chosen: HTMLButtonElement, focus: boolean) => {
      for (const head of heads) {
        const on = head === chosen;
        head.setAttribute('aria-selected', String(on));
        head.tabIndex = on ? 0 : -1;
        const panel = document.getElementById(head.getAttribute('aria-controls') ?? '');
        if (panel) panel.hidden = !on;
      }
      if (focus) chosen.focus();
    };
    heads.forEach((head, place) => {
      head.addEventListener('click', () => select(head, false));
      head.addEventListener('keydown', (event) => {
        const target = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: heads.length - 1 }[event.key];
        const next = target === undefined ? undefined : heads[(target + heads.length) % heads.length];
        if (!next) return;
        event.preventDefault();
        select(next, true);
      });
    });
    const first = heads.find((head) => head.getAttribute('aria-selected') === 'true') ?? heads[0];
    if (first) select(first, false);
  }
}
