import { all } from './dom.ts';

/** `data-reveals="id"` on a button: shows what is typed in the password field of that id, as long as it is pressed in. */
export function passwordReveals(): void {
  for (const button of all<HTMLButtonElement>('[data-reveals]')) {
    const field = document.getElementById(button.dataset.reveals ?? '');
    if (!(field instanceof HTMLInputElement)) continue;
    const show = (shown: boolean): void => {
      field.type = shown ? 'text' : 'password';
      button.setAttribute('aria-pressed', String(shown));
    };
    button.addEventListener('click', () => show(field.type === 'password'));
    // Hidden again when it is sent, so that the browser offers to keep it as a password and not as a text.
    field.form?.addEventListener('submit', () => show(false));
  }
}
