import { all } from './dom.ts';

/** How often work that goes on is asked after. */
const EVERY = 2_000;

/** Elements with `data-follow="/path"` are replaced by what stands there, until that says no more that it goes on. */
export function livingParts(): void {
  for (const part of all('[data-follow]')) follow(part);
}

function follow(part: HTMLElement): void {
  const path = part.dataset.follow;
  if (!path) return;
  const again = () => setTimeout(() => void look(), EVERY);
  const look = async (): Promise<void> => {
    if (!part.isConnected) return;
    // Nobody looks: the work goes on all the same.
    if (document.hidden || part.contains(document.activeElement)) return void again();
    const text = await fetch(path, { headers: { Accept: 'text/html' } })
      .then((response) => (response.ok ? response.text() : undefined))
      .catch(() => undefined);
    const next = text === undefined ? undefined : new DOMParser().parseFromString(text, 'text/html').body.firstElementChild;
    if (!(next instanceof HTMLElement) || next.id !== part.id) return void again();
    const ours = document.importNode(next, true);
    part.replaceWith(ours);
    if (ours.dataset.follow) follow(ours);
  };
  again();
}

/** How long somebody has to stop typing before their text is checked. */
const QUIET = 600;

/** Text areas with `data-checked="/path"` tell what is wrong while one writes, in the element their `-said` id names. */
export function checkedTexts(): void {
  for (const area of all<HTMLTextAreaElement>('textarea[data-checked]')) {
    const said = document.getElementById(`${area.id}-said`);
    const path = area.dataset.checked;
    if (!said || !path) continue;
    let timer: ReturnType<typeof setTimeout> | undefined;
    area.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(() => void check(area, said, path), QUIET);
    });
  }
}

async function check(area: HTMLTextAreaElement, said: HTMLElement, path: string): Promise<void> {
  const text = area.value;
  const answer = await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    body: JSON.stringify({ text }),
  })
    .then((response) => (response.ok ? (response.json() as Promise<{ fine: boolean; said: string }>) : undefined))
    .catch(() => undefined);
  // What was typed since is checked in its turn.
  if (!answer || area.value !== text) return;
  said.textContent = answer.said;
  if (answer.fine) area.removeAttribute('aria-invalid');
  else area.setAttribute('aria-invalid', 'true');
}
