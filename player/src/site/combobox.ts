import { all, freshId, make } from './dom.ts';

/** Without accents and case, so that "eric" finds "Éric". */
export function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/** The options that hold every word typed. */
export function matching(options: readonly string[], typed: string): string[] {
  const words = plain(typed).split(/\s+/).filter(Boolean);
  return options.filter((option) => words.every((word) => plain(option).includes(word)));
}

/**
 * An input with a datalist becomes an ARIA combobox with a list of its own (one look and one keyboard in every browser). The
 * datalist may stand elsewhere and serve several inputs; with `data-source` the options are asked for (`?q=`) as one types.
 */
export function comboboxes(within: ParentNode = document): void {
  for (const box of all('[data-combobox]', within)) {
    const input = box.querySelector('input');
    if (!input) continue;
    const own = box.querySelector('datalist');
    const datalist = own ?? (input.list as HTMLDataListElement | null);
    const options = [...(datalist?.options ?? [])].map((option) => option.value);
    input.removeAttribute('list');
    own?.remove();
    if (datalist || box.dataset.source) build(box, input, options);
  }
}

/** What the server suggests for what was typed. */
async function suggested(source: string, typed: string): Promise<string[]> {
  const answer = await fetch(`${source}?${new URLSearchParams({ q: typed })}`, { headers: { accept: 'application/json' } });
  return answer.ok ? ((await answer.json()) as string[]) : [];
}

function build(box: HTMLElement, input: HTMLInputElement, options: readonly string[]): void {
  const list = make('div', 'options');
  list.id = freshId('options');
  list.setAttribute('role', 'listbox');
  list.hidden = true;
  const label = input.labels?.[0];
  if (label) {
    label.id ||= freshId('label');
    list.setAttribute('aria-labelledby', label.id);
  }
  box.append(list);
  input.setAttribute('role', 'combobox');
  input.setAttribute('aria-autocomplete', 'list');
  input.setAttribute('aria-controls', list.id);
  input.setAttribute('aria-expanded', 'false');
  let active = -1;

  const entries = () => all('[role="option"]', list);
  const activate = (place: number) => {
    const found = entries();
    active = found.length ? (place + found.length) % found.length : -1;
    found.forEach((entry, at) => {
      if (at === active) {
        entry.dataset.active = '';
        input.setAttribute('aria-activedescendant', entry.id);
        entry.scrollIntoView({ block: 'nearest' });
      } else {
        delete entry.dataset.active;
      }
    });
    if (active < 0) input.removeAttribute('aria-activedescendant');
  };
  const close = () => {
    list.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    activate(-1 - entries().length);
    active = -1;
    input.removeAttribute('aria-activedescendant');
  };
  const choose = (value: string) => {
    input.value = value;
    close();
    input.dispatchEvent(new Event('change', { bubbles: true }));
  };
  let asked = 0;
  const open = (typed: string) => {
    const { source } = box.dataset;
    if (!source) return show(matching(options, typed).slice(0, 50));
    asked += 1;
    const mine = asked;
    // A pause between two letters is none of the typist's business.
    setTimeout(() => {
      if (mine !== asked) return;
      suggested(source, typed)
        .then((found) => {
          if (mine === asked && document.activeElement === input) show(found);
        })
        .catch(() => close());
    }, 150);
  };
  const show = (found: readonly string[]) => {
    list.replaceChildren(
      ...found.map((value) => {
        const entry = make('div', '', value);
        entry.id = freshId('option');
        entry.setAttribute('role', 'option');
        entry.setAttribute('aria-selected', String(value === input.value));
        // Not a click: the input would lose the focus and close the list first.
        entry.addEventListener('pointerdown', (event) => {
          event.preventDefault();
          choose(value);
        });
        return entry;
      }),
    );
    if (!found.length) {
      const none = make('div', 'none', box.dataset.none);
      none.setAttribute('role', 'option');
      none.setAttribute('aria-disabled', 'true');
      none.setAttribute('aria-selected', 'false');
      none.className = 'none';
      list.append(none);
    }
    active = -1;
    list.hidden = false;
    input.setAttribute('aria-expanded', 'true');
  };

  input.addEventListener('input', () => open(input.value));
  input.addEventListener('click', () => open(''));
  input.addEventListener('blur', close);
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (list.hidden) open('');
      activate(event.key === 'ArrowDown' ? active + 1 : active < 0 ? -1 : active - 1);
    } else if (event.key === 'Enter' && !list.hidden && active >= 0) {
      event.preventDefault();
      const value = entries()[active];
      if (value && value.getAttribute('aria-disabled') !== 'true') choose(value.textContent ?? '');
    } else if (event.key === 'Escape' && !list.hidden) {
      event.stopPropagation();
      close();
    }
  });
}
