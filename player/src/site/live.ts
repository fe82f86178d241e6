import { all } from './dom.ts';
import { toast } from './overlays.ts';

/**
 * Pages that save as one goes: the forms marked `data-live` of a `[data-live-region]` are sent by fetch, and the region is
 * shown as the server answers it. `data-live="change"` also sends a form when something in it was changed. Without script the
 * same forms are sent by their buttons.
 *
 * What somebody is typing, what is unfolded and where the focus is stay as they are.
 */
export function liveRegions(wake: (region: HTMLElement) => void): void {
  const region = document.querySelector<HTMLElement>('[data-live-region]');
  if (region) new LiveRegion(region, wake);
}

class LiveRegion {
  private region: HTMLElement;
  private readonly wake: (region: HTMLElement) => void;
  /** One after the other: each answer is the page after its change. */
  private last: Promise<void> = Promise.resolve();

  constructor(region: HTMLElement, wake: (region: HTMLElement) => void) {
    this.region = region;
    this.wake = wake;
    document.addEventListener('submit', (event) => {
      const form = event.target as HTMLFormElement;
      if (!form.matches('[data-live]')) return;
      event.preventDefault();
      this.send(form.action, new FormData(form, event.submitter));
    });
    document.addEventListener('change', (event) => {
      const form = (event.target as Element).closest<HTMLFormElement>('form[data-live="change"]');
      if (form?.reportValidity()) this.send(form.action, new FormData(form));
    });
    document.addEventListener('reordered', (event) => {
      const { row, list, place } = (event as CustomEvent<{ row: HTMLElement; list: HTMLElement; place: number }>).detail;
      const action = row.dataset.moveAction;
      if (!action) return;
      const fields = new FormData();
      fields.set('phase', list.dataset.phase ?? '');
      fields.set('place', String(place));
      this.send(action, fields);
    });
  }

  private send(action: string, fields: FormData): void {
    const body = new URLSearchParams();
    for (const [name, value] of fields) if (typeof value === 'string') body.append(name, value);
    this.tell('saving');
    this.last = this.last.then(() => this.exchange(action, body)).catch(() => this.tell('failed'));
  }

  private async exchange(action: string, body: URLSearchParams): Promise<void> {
    const answer = await fetch(action, { method: 'POST', body, headers: { accept: 'text/html' } });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const next = page.querySelector<HTMLElement>('[data-live-region]');
    if (!answer.ok || !next) {
      this.tell('failed');
      toast(page.querySelector('main p')?.textContent ?? this.words.failed ?? '', { fault: true });
      return;
    }
    this.show(next);
    const said = page.querySelector<HTMLElement>('[data-flashes] .notice');
    if (said) this.say(said);
    this.tell(said?.classList.contains('notice-fault') ? 'failed' : 'saved');
  }

  /** What the page would have told at its head, as a toast; "undo" sends the form that stands there. */
  private say(said: HTMLElement): void {
    const text = said.querySelector('p')?.textContent ?? '';
    const undo = said.querySelector('form')?.action;
    toast(text, {
      fault: said.classList.contains('notice-fault'),
      ...(undo ? { undo: () => this.send(undo, new FormData()) } : {}),
    });
  }

  private get words(): DOMStringMap {
    return this.region.querySelector<HTMLElement>('[data-live-state]')?.dataset ?? {};
  }

  private tell(state: 'saving' | 'saved' | 'failed'): void {
    const place = this.region.querySelector<HTMLElement>('[data-live-state]');
    if (place) place.textContent = place.dataset[state] ?? '';
  }

  private show(next: HTMLElement): void {
    const focused = document.activeElement;
    const focusId = focused instanceof HTMLElement && this.region.contains(focused) ? focused.id : '';
    const open = all<HTMLDetailsElement>('details[open][id]', this.region).map((details) => details.id);
    const typed = all<HTMLInputElement | HTMLTextAreaElement>('input[id], textarea[id]', this.region)
      .filter((field) => field === focused && field.value !== field.defaultValue)
      .map((field) => [field.id, field.value] as const);
    const before = this.region;
    this.region = document.importNode(next, true);
    before.replaceWith(this.region);
    for (const id of open) {
      const details = document.getElementById(id);
      if (details instanceof HTMLDetailsElement) details.open = true;
    }
    for (const [id, value] of typed) {
      const field = document.getElementById(id);
      // What was sent from a field that empties itself (adding) is not typed again.
      const kept = field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement;
      if (kept && !field.closest('form')?.matches('[data-live=""]')) field.value = value;
    }
    this.wake(this.region);
    if (focusId) this.focus(focusId);
  }

  /** The same control, or its opposite when the press took it to where it is of no use, else the heading of its list. */
  private focus(id: string): void {
    const same = document.getElementById(id);
    const opposite = document.getElementById(id.replace(/^(up|down)-/, (_, way) => (way === 'up' ? 'down-' : 'up-')));
    const usable = [same, opposite].find((element) => element && !element.matches(':disabled'));
    const fallback = this.region.querySelector<HTMLElement>('details.adder summary');
    (usable ?? fallback)?.focus({ preventScroll: usable === same && !id.startsWith('up-') && !id.startsWith('down-') });
  }
}
