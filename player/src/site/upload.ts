import { all, make } from './dom.ts';

/** What the server said about a refused file, as much of it as there is. */
export interface Refusal {
  title?: string;
  detail?: string;
  findings?: { severity?: string; message?: string; place?: { file?: string; line?: number } }[];
}

/** `imsmanifest.xml, 12` */
export function placeOf(place: { file?: string; line?: number } | undefined): string {
  return [place?.file, place?.line].filter((part) => part !== undefined).join(', ');
}

/** Fills `{id}` in an address pattern; without an id there is nowhere to go. */
export function address(pattern: string, answer: unknown): string | null {
  const id = (answer as { id?: unknown } | null)?.id;
  return typeof id === 'string' && pattern ? pattern.replace('{id}', encodeURIComponent(id)) : null;
}

/** `1,2 Mo` */
export function size(bytes: number, language: string): string {
  const french = language.startsWith('fr');
  const units = french ? ['o', 'ko', 'Mo', 'Go'] : ['B', 'kB', 'MB', 'GB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = value < 10 && unit > 0 ? 1 : 0;
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value)}\u00a0${units[unit]}`;
}

/** File inputs that take drops, send the raw file with its progress, and go where the answer leads. */
export function uploaders(): void {
  for (const form of all<HTMLFormElement>('form[data-uploader]')) {
    const drop = form.querySelector<HTMLElement>('.drop');
    const input = form.querySelector<HTMLInputElement>('input[type="file"]');
    if (!drop || !input) continue;
    form.addEventListener('submit', (event) => event.preventDefault());
    input.addEventListener('change', () => {
      send(form, [...(input.files ?? [])]);
      input.value = '';
    });
    drop.addEventListener('dragover', (event) => {
      event.preventDefault();
      drop.dataset.over = '';
    });
    drop.addEventListener('dragleave', (event) => {
      if (!(event.relatedTarget instanceof Node && drop.contains(event.relatedTarget))) delete drop.dataset.over;
    });
    drop.addEventListener('drop', (event) => {
      event.preventDefault();
      delete drop.dataset.over;
      send(form, [...(event.dataTransfer?.files ?? [])]);
    });
  }
}

async function send(form: HTMLFormElement, files: File[]): Promise<void> {
  for (const file of files) {
    const row = new Row(form, file);
    const target = await row.sent;
    // One file: straight to what became of it. Several: the person chooses among the finished ones.
    if (target && files.length === 1) location.assign(target);
    else if (target) row.link(target);
  }
}

class Row {
  readonly sent: Promise<string | null>;
  private readonly form: HTMLFormElement;
  private readonly box = make('div', 'upload');
  private readonly state = make('p', 'upload-state small soft');
  private readonly bar = make('progress');
  private readonly name: HTMLElement;

  constructor(form: HTMLFormElement, file: File) {
    this.form = form;
    const language = document.documentElement.lang;
    this.name = make('span', 'upload-name', file.name);
    const cancel = make('button', 'button button-small', form.dataset.cancel);
    cancel.type = 'button';
    this.bar.max = 100;
    this.bar.value = 0;
    this.bar.setAttribute('aria-label', `${form.dataset.sending} : ${file.name}`);
    this.box.append(this.name, cancel, this.bar, this.state);
    form.querySelector('.uploads')?.append(this.box);

    const request = new XMLHttpRequest();
    cancel.addEventListener('click', () => request.abort());
    this.sent = new Promise((resolve) => {
      const total = size(file.size, language);
      request.upload.addEventListener('progress', (event) => {
        const share = event.lengthComputable && event.total > 0 ? event.loaded / event.total : 0;
        this.bar.value = share * 100;
        this.say(`${form.dataset.sending} · ${size(event.loaded, language)} / ${total}`);
      });
      // What the server does with the file takes a while too, and has no measure.
      request.upload.addEventListener('load', () => {
        this.bar.removeAttribute('value');
        this.say(form.dataset.working ?? '');
      });
      request.addEventListener('load', () => {
        cancel.remove();
        const ok = request.status >= 200 && request.status < 300;
        const answer = json(request.responseText);
        if (ok) this.finish(form.dataset.done ?? '');
        else this.refuse(answer as Refusal | null);
        resolve(ok ? (address(form.dataset.then ?? '', answer) ?? request.getResponseHeader('Location')) : null);
      });
      request.addEventListener('error', () => {
        cancel.remove();
        this.fail(form.dataset.offline ?? '');
        resolve(null);
      });
      request.addEventListener('abort', () => {
        cancel.remove();
        this.fail(form.dataset.cancelled ?? '');
        resolve(null);
      });
      const url = new URL(form.dataset.url ?? '', location.href);
      url.searchParams.set('filename', file.name);
      request.open('POST', url);
      request.setRequestHeader('Accept', 'application/json');
      request.setRequestHeader('Accept-Language', language);
      request.setRequestHeader('Content-Type', file.type || 'application/octet-stream');
      request.send(file);
    });
  }

  link(target: string): void {
    const link = make('a', '', this.name.textContent ?? '');
    link.href = target;
    this.name.replaceChildren(link);
  }

  private say(text: string): void {
    // Screen readers hear the changes of state, not each percent.
    if (this.state.textContent?.split(' · ')[0] !== text.split(' · ')[0]) this.state.setAttribute('aria-live', 'polite');
    else this.state.setAttribute('aria-live', 'off');
    this.state.textContent = text;
  }

  private finish(text: string): void {
    this.box.dataset.state = 'done';
    this.bar.value = 100;
    this.say(text);
  }

  private fail(text: string): void {
    this.box.dataset.state = 'failed';
    this.bar.remove();
    this.state.classList.remove('soft');
    this.say(text);
  }

  private refuse(answer: Refusal | null): void {
    this.fail(answer?.title ?? this.form.dataset.failed ?? '');
    const findings = (answer?.findings ?? []).filter((finding) => finding.severity !== 'info').slice(0, 5);
    // The title tells the first finding already; a list of one would only repeat it.
    if (findings.length < 2 && !placeOf(findings[0]?.place)) return;
    const list = make('ul');
    for (const finding of findings) {
      list.append(make('li', '', [finding.message ?? '', placeOf(finding.place)].filter(Boolean).join(' · ')));
    }
    this.state.after(list);
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
