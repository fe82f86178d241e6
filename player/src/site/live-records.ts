import { all } from './dom.ts';

/** How often new records are asked for. */
const EVERY = 4_000;
/** More than this on one page help nobody: who reads on loads the page anew. */
const MOST = 300;

/**
 * The list of records grows while it is looked at: `data-live-records="/path"` names where what is new is asked for, each answer
 * names where to ask next. It waits while it is paused, while nobody looks, and while no answer comes.
 */
export function liveRecords(): void {
  for (const bar of all('[data-live-records]')) new LiveRecords(bar);
}

class LiveRecords {
  private readonly bar: HTMLElement;
  private readonly button: HTMLButtonElement | null;
  private readonly told: HTMLElement | null;
  private readonly list: HTMLElement | null;
  private path: string;
  private paused = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(bar: HTMLElement) {
    this.bar = bar;
    this.path = bar.dataset.liveRecords ?? '';
    this.button = bar.querySelector<HTMLButtonElement>('[data-live-toggle]');
    this.told = bar.querySelector<HTMLElement>('[data-live-told]');
    this.list = document.querySelector<HTMLElement>('[data-live-list]');
    this.button?.addEventListener('click', () => this.pause(!this.paused));
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.again(0);
    });
    this.again(EVERY);
  }

  private pause(paused: boolean): void {
    this.paused = paused;
    const { pause = '', resume = '', on = '', off = '' } = this.bar.dataset;
    if (this.button) this.button.textContent = paused ? resume : pause;
    this.tell(paused ? off : on);
    if (!paused) this.again(0);
  }

  private tell(text: string): void {
    if (this.told) this.told.textContent = text;
  }

  private again(after: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), after);
  }

  private async look(): Promise<void> {
    if (this.paused || document.hidden || !this.list) return;
    const text = await fetch(this.path, { headers: { Accept: 'text/html' } })
      .then((response) => (response.ok && !response.redirected ? response.text() : undefined))
      .catch(() => undefined);
    const page = text === undefined ? undefined : new DOMParser().parseFromString(text, 'text/html');
    const part = page?.querySelector<HTMLElement>('[data-live-next]');
    // Paused while the answer was on its way: it is asked for again.
    if (part && !this.paused) this.take(part);
    if (!this.paused) this.again(EVERY);
  }

  private take(part: HTMLElement): void {
    const list = this.list as HTMLElement;
    this.path = part.dataset.liveNext ?? this.path;
    // The answer reaches a little back, so that nothing is missed: what is there already stays.
    const fresh = [...part.children].filter((record) => !document.getElementById(record.id));
    if (fresh.length === 0) return;
    list.hidden = false;
    document.querySelector('[data-live-empty]')?.remove();
    const before = list.firstElementChild;
    for (const record of fresh) list.insertBefore(document.importNode(record, true), before);
    const { one = '', many = '' } = this.bar.dataset;
    this.tell(fresh.length === 1 ? one : many.replace('#', String(fresh.length)));
    if ('full' in part.dataset || list.childElementCount > MOST) {
      this.pause(true);
      this.button?.remove();
      this.tell(this.bar.dataset.full ?? '');
    }
  }
}
