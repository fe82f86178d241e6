import { all } from './dom.ts';

const THEMES = ['auto', 'light', 'dark'] as const;
const YEAR = 365 * 24 * 3600;

/** The switch in the footer: automatic, light, dark. Kept in a cookie, so that the server draws the next page right at once. */
export function themeSwitch(): void {
  const root = document.documentElement;
  for (const button of all<HTMLButtonElement>('[data-theme-switch]')) {
    button.addEventListener('click', () => {
      const now = THEMES.indexOf((root.dataset.theme ?? 'auto') as (typeof THEMES)[number]);
      const next = THEMES[(now + 1) % THEMES.length] ?? 'auto';
      root.dataset.theme = next;
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser we serve.
      document.cookie = `preau-theme=${next}; Path=/; Max-Age=${YEAR}; SameSite=Lax`;
      // A page may hold two switches; both say what is.
      for (const other of all<HTMLButtonElement>('[data-theme-switch]')) {
        const word = other.querySelector('[data-theme-word]');
        if (word) word.textContent = other.dataset[next] ?? next;
      }
    });
  }
}
