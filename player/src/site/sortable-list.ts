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
 */
export function sortableLists(): void {
  for (const list of all('[data-sortable-list]')) new SortableList(list);
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

  private rows(): HTMLElement[] {
    return all('.drag-row', this.list);
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

  private drag(start: PointerEvent, row: HTMLElement): void {
    start.preventDefault();
    const before = this.rows();
    row.dataset.dragged = '';
    // On the document: an element that moves in the page loses a captured pointer.
    const move = (event: PointerEvent) => {
      const others = this.rows().filter((other) => other !== row);
      const next = others.find((other) => {
        const box = other.getBoundingClientRect();
        return event.clientY < box.top + box.height / 2;
      });
      if (next) next.before(row);
      else this.list.append(row);
    };
    const end = (event: Event) => {
      document.removeEventListener('pointermove', move);
      document.removeEventListener('pointerup', end);
      document.removeEventListener('pointercancel', end);
      delete row.dataset.dragged;
      if (event.type === 'pointercancel') this.put(before);
      this.refresh();
      this.tell(row, before);
    };
    document.addEventListener('pointermove', move);
    document.addEventListener('pointerup', end);
    document.addEventListener('pointercancel', end);
  }
}
