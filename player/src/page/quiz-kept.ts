/** An answer that was saved so shortly ago may have been overtaken by the page that is loading. */
const OVERTAKEN = 10_000;

interface Remembered {
  values: string[];
  at: number;
  saved: boolean;
}

/** What was answered on this device, until it is surely saved: the page may go away first. */
export class Kept {
  readonly #form: HTMLFormElement;
  readonly #key: string;

  constructor(form: HTMLFormElement) {
    const data = new FormData(form);
    this.#form = form;
    this.#key = `preau.quiz.${data.get('attempt')}.${data.get('question')}`;
  }

  keep(saved: boolean): void {
    const values = new FormData(this.#form).getAll('answer').map(String);
    const record: Remembered = { values, at: Date.now(), saved };
    this.#try(() => localStorage.setItem(this.#key, JSON.stringify(record)));
  }

  /** Whether something may not have been saved; it stands in the form again. */
  restore(): boolean {
    const fields = [...this.#form.querySelectorAll<HTMLInputElement>('input[name="answer"]')];
    let record: Partial<Remembered> | null = null;
    this.#try(() => {
      record = JSON.parse(localStorage.getItem(this.#key) ?? 'null');
      localStorage.removeItem(this.#key);
    });
    const { values, at = 0, saved } = (record ?? {}) as Partial<Remembered>;
    if (!Array.isArray(values) || fields.length === 0 || fields[0]?.disabled) return false;
    if (saved && Date.now() - at > OVERTAKEN) return false;
    for (const field of fields) {
      if (field.type === 'text') field.value = String(values[0] ?? '');
      else field.checked = values.includes(field.value);
    }
    return true;
  }

  #try(act: () => void): void {
    try {
      act();
    } catch {
      // A browser that refuses storage still sends the answer.
    }
  }
}
