import { all, make } from './dom.ts';

/** The value a cell is sorted by: `data-sort` where the text is not it. */
function key(row: HTMLTableRowElement, column: number): string {
  const cell = row.cells[column];
  return (cell?.dataset.sort ?? cell?.textContent ?? '').trim();
}

/** Orders two cells: numbers by size, everything else as its language does. Empty cells come last either way. */
export function compare(a: string, b: string, language: string): number {
  if (a === '' || b === '') return a === b ? 0 : a === '' ? 1 : -1;
  const [x, y] = [Number(a), Number(b)];
  if (!Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  return a.localeCompare(b, language, { numeric: true, sensitivity: 'base' });
}

/** `<table data-sortable>`: each column head becomes a button. Sorts what is on the page. */
export function sortableTables(): void {
  for (const table of all<HTMLTableElement>('table[data-sortable]')) {
    const body = table.tBodies[0];
    const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
    if (!body) continue;
    heads.forEach((head, column) => {
      if (head.dataset.sort === 'off' || !head.textContent?.trim() || head.querySelector('.out-of-sight')) return;
      const button = make('button', 'table-sort');
      button.type = 'button';
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener('click', () => {
        const descending = head.getAttribute('aria-sort') === 'ascending';
        for (const other of heads) other.removeAttribute('aria-sort');
        head.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
        const language = document.documentElement.lang;
        const rows = [...body.rows].map((row) => ({ row, key: key(row, column) }));
        rows.sort((a, b) => {
          const order = compare(a.key, b.key, language);
          return descending && a.key !== '' && b.key !== '' ? -order : order;
        });
        body.append(...rows.map(({ row }) => row));
      });
    });
  }
}
