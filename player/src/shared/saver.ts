/** Saves a form as it is filled in: one request at a time, the last state wins, and what does not arrive is tried again. */

export type Said = 'saving' | 'saved' | 'failed' | 'refused';

export interface Answer {
  readonly [key: string]: unknown;
}

interface Options {
  readonly form: HTMLFormElement;
  /** What to show. For `refused`: the problem's code and sentence. */
  readonly said: (state: Said, problem?: { code: string; title: string }) => void;
  readonly saved?: (answer: Answer) => void;
}

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30_000;

/** What is to be tried again: no network, or a server that is not there or busy. */
function isPassing(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

export class Saver {
  readonly #options: Options;
  #dirty = false;
  #running: Promise<boolean> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wait = FIRST_WAIT;

  constructor(options: Options) {
    this.#options = options;
    addEventListener('online', () => {
      if (this.#dirty) void this.flush();
    });
  }

  /** Whether something is not saved yet. */
  get dirty(): boolean {
    return this.#dirty;
  }

  /** Whether all is saved and nothing is on its way. */
  get done(): boolean {
    return !this.#dirty && !this.#running;
  }

  /** The form changed: it is saved after `delay` milliseconds without another change. */
  changed(delay: number): void {
    this.#dirty = true;
    this.#later(delay);
  }

  /** Saves what is not saved now; answers whether all is. */
  async flush(): Promise<boolean> {
    clearTimeout(this.#timer);
    if (this.#running) await this.#running;
    if (!this.#dirty) return true;
    this.#running = this.#send();
    const done = await this.#running;
    this.#running = undefined;
    // What was typed meanwhile is another change.
    return done && this.#dirty ? this.flush() : done;
  }

  #later(delay: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), delay);
  }

  async #send(): Promise<boolean> {
    const { form, said } = this.#options;
    this.#dirty = false;
    said('saving');
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === 'string') body.append(name, value);
    try {
      const response = await fetch(form.action, {
        method: 'POST',
        headers: { Accept: 'application/json' },
        body,
        redirect: 'error',
      });
      if (isPassing(response.status)) return this.#again();
      const answer = (await response.json()) as Answer;
      this.#wait = FIRST_WAIT;
      if (!response.ok) {
        said('refused', { code: String(answer.code ?? ''), title: String(answer.title ?? '') });
        return false;
      }
      this.#options.saved?.(answer);
      if (!this.#dirty) said('saved');
      return true;
    } catch {
      return this.#again();
    }
  }

  #again(): boolean {
    this.#dirty = true;
    this.#options.said('failed');
    this.#later(this.#wait);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
    return false;
  }
}

/** Every form control that changes the form tells the saver: at once when it was chosen, after a pause when it is typed. */
export function watch(form: HTMLFormElement, saver: Saver, pause: number): void {
  form.addEventListener('input', (event) => {
    const typed =
      event.target instanceof HTMLTextAreaElement || (event.target instanceof HTMLInputElement && isText(event.target));
    saver.changed(typed ? pause : 0);
  });
  form.addEventListener('change', () => {
    if (saver.dirty) void saver.flush();
  });
}

function isText(input: HTMLInputElement): boolean {
  return !['checkbox', 'radio'].includes(input.type);
}

/** A form that is sent waits until what was typed is saved: then nothing is lost, whatever becomes of the page. */
export function waitBeforeSending(form: HTMLFormElement, saver: Saver): void {
  let ready = false;
  const send = (by: Element | null): void => {
    ready = true;
    form.requestSubmit(by instanceof HTMLElement ? by : undefined);
  };
  form.addEventListener('submit', (event) => {
    if (ready || saver.done) {
      ready = false;
      return;
    }
    event.preventDefault();
    const by = event.submitter;
    void saver.flush().then((saved) => {
      // Not in this turn: a form that is being submitted ignores being submitted.
      if (saved) setTimeout(send, 0, by);
    });
  });
}
