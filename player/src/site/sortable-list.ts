import { all } from './dom.ts';
import { toast } from './overlays.ts';

/** Moves the item at `from` to `to`; the list itself is left as it is. */
export function moved<T>(items: readonly T[], from: number, to: number): T[] {
  const next = [...items];
  const [item] = next.splice(from, 1);
  if (item !== undefined) next.splice(Math.max(0, Math.min(to, next.length)), 0, item);
  return next;
}

/**
 * `<ol data-sortable-list>`: rows are dragged by their handle or moved by their Up and Down buttons (`data-move="-1"`, `"1"`).
 * Each change is announced, can be undone, and is sent as the event `reordered` with the rows' `data-id` in order.
 *
 * Lists of one `data-sortable-group` take each other's rows by drag; what is told then (`row`, `list`, `place`) is for a page that
 * saves it and says so itself.
 */
export function sortableLists(within: ParentNode = document): void {
  for (const list of all('[data-sortable-list]', within)) new SortableList(list);
}

class SortableList {
  private readonly list: HTMLElement;

  constructor(list: HTMLElement) {
    this.list = list;
    list.addEventListener('click', (event) => {
      const button = (event.target as Element).closest<HTMLButtonElement>('[data-move]');
      const row = button?.closest<HTMLElement>('.drag-row');
      if (!button || !row) return;
      const before = this.rows();
      const from = before.indexOf(row);
      this.put(moved(before, from, from + Number(button.dataset.move)));
      // The press may have taken the row to an end, where this button is of no use any more.
      const other = row.querySelector<HTMLButtonElement>(`[data-move="${-Number(button.dataset.move)}"]`);
      (button.disabled ? other : button)?.focus();
      this.tell(row, before);
    });
    list.addEventListener('pointerdown', (event) => {
      const handle = (event.target as Element).closest<HTMLElement>('.drag-handle');
      const row = handle?.closest<HTMLElement>('.drag-row');
      if (row && event.button === 0) this.drag(event, row);
    });
    this.refresh();
  }

  private rows(list = this.list): HTMLElement[] {
    return all('.drag-row', list);
  }

  /** The lists a row may be dropped in. */
  private get group(): HTMLElement[] {
    const name = this.list.dataset.sortableGroup;
    return name ? all(`[data-sortable-group="${name}"]`) : [this.list];
  }

  /** The list under the pointer: the last one that begins above it. */
  private listAt(y: number): HTMLElement {
    const above = this.group.filter((list) => list.getBoundingClientRect().top <= y);
    return above.at(-1) ?? this.group[0] ?? this.list;
  }

  private put(rows: HTMLElement[]): void {
    this.list.append(...rows);
    this.refresh();
  }

  private refresh(): void {
    const rows = this.rows();
    rows.forEach((row, place) => {
      for (const button of all<HTMLButtonElement>('[data-move]', row)) {
        button.disabled = button.dataset.move === '-1' ? place === 0 : place === rows.length - 1;
      }
    });
  }

  private tell(row: HTMLElement, before: HTMLElement[]): void {
    const rows = this.rows();
    if (rows.every((item, place) => item === before[place])) return;
    const pattern = this.list.dataset.moved ?? '';
    const name = row.dataset.name ?? '';
    const text = pattern
      .replace('{name}', name)
      .replace('{place}', String(rows.indexOf(row) + 1))
      .replace('{count}', String(rows.length));
    const announce = () => {
      const order = this.rows().map((item) => item.dataset.id ?? '');
      this.list.dispatchEvent(new CustomEvent('reordered', { bubbles: true, detail: { order } }));
    };
    announce();
    toast(text, {
      undo: () => {
        this.put(before);
        announce();
        row.querySelector<HTMLButtonElement>('[data-move]:enabled')?.focus();
      },
    });
  }

  private tellGroup(row: HTMLElement, before: HTMLElement[]): void {
    const list = row.closest<HTMLElement>('[data-sortable-list]');
    if (!list || (list === this.list && this.rows().every((item, place) => item === before[place]))) return;
    const place = this.rows(list).indexOf(row);
    list.dispatchEvent(new CustomEvent('reordered', { bubbles: true, detail: { row, list, place } }));
  }

  private drag(start: PointerEvent, row: HTMLElement): void {
    start.preventDefault();
    const before = this.rows();
    row.dataset.dragged = '';
    // On the document: an element that moves in the page loses a captured pointer.
    const move = (event: PointerEvent) => {
      const list = this.listAt(event.clientY);
      const others = this.rows(list).filter((other) => other !== row);
      const next = others.find((other) => {
        const box = other.getBoundingClientRect();
        return event.clientY < box.top + box.height / 2;
      });
      if (next) next.before(row);
      else list.append(row);
    };
    const end = (event: Event) => {
      document.removeEventListener('pointermove', move);
      document.removeEventListener('pointerup', end);
      document.removeEventListener('pointercancel', end);
      delete row.dataset.dragged;
      if (event.type === 'pointercancel') this.put(before);
      if (this.list.dataset.sortableGroup) return this.tellGroup(row, before);
      this.refresh();
      this.tell(row, before);
    };
    document.addEventListener('pointermove', move);
    document.addEventListener('pointerup', end);
    document.addEventListener('pointercancel', end);
  }
}
