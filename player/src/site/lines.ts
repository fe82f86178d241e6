import { all } from './dom.ts';

/**
 * `<textarea data-line>` holds one line that is shown on as many as it needs: a title on a phone. Enter sends it as it would
 * send an input.
 */
export function lines(within: ParentNode = document): void {
  for (const area of all<HTMLTextAreaElement>('textarea[data-line]', within)) {
    area.addEventListener('keydown', (event) => {
      // An Enter that ends a composition (Japanese, accents) belongs to the keyboard.
      if (event.key !== 'Enter' || event.isComposing) return;
      event.preventDefault();
      area.form?.requestSubmit();
    });
    if (CSS.supports('field-sizing', 'content')) continue;
    const grow = () => {
      area.style.blockSize = 'auto';
      area.style.blockSize = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
    };
    area.addEventListener('input', grow);
    // The width changes with the window, and with the fonts once they are there.
    new ResizeObserver(grow).observe(area.parentElement ?? area);
    void document.fonts.ready.then(grow);
  }
}
