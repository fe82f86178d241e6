/**
 * A course page by page: the sections marked `data-page` are shown one at a time, in order.
 *
 * The first page shown is `start` (1 when nothing was kept); `onTurn(page, pages)` is told every page the learner reaches, so
 * that the caller keeps the place. Without scripts all pages stand one below the other and can be read. The buttons stand disabled until
 * then: a unit that still asks where the learner was would lose a click.
 */
export function openBook({ start = 1, onTurn = () => {} } = {}) {
  const pages = [...document.querySelectorAll("[data-page]")];
  const where = document.querySelector("[data-where]");
  const bar = document.querySelector("[data-progress]");
  const [back, next] = ["back", "next"].map((name) => document.querySelector(`[data-turn="${name}"]`));
  let current = Math.min(Math.max(Number(start) || 1, 1), pages.length);

  function show({ focus }) {
    pages.forEach((page, index) => { page.hidden = index + 1 !== current; });
    if (where) where.textContent = `Page ${current} sur ${pages.length}`;
    if (bar) { bar.max = pages.length; bar.value = current; }
    if (back) back.disabled = current === 1;
    if (next) next.disabled = current === pages.length;
    if (focus) {
      // The heading takes the focus so that a screen reader reads the new page and the keyboard starts at its top.
      const title = pages[current - 1].querySelector("h1");
      title.tabIndex = -1;
      title.focus({ preventScroll: true });
      window.scrollTo(0, 0);
    }
    onTurn(current, pages.length);
  }
  function go(page) {
    const wanted = Math.min(Math.max(page, 1), pages.length);
    if (wanted === current) return;
    current = wanted;
    show({ focus: true });
  }

  back?.addEventListener("click", () => go(current - 1));
  next?.addEventListener("click", () => go(current + 1));
  show({ focus: false });
  return { go, get page() { return current; }, pages: pages.length };
}

/** Tells the learner once that the page was opened outside a training service, so that nothing will be kept. */
export function sayNothingIsKept() {
  const line = document.createElement("p");
  line.className = "away";
  line.setAttribute("role", "status");
  line.textContent = "Ce cours est ouvert hors de la plateforme\u202f: votre progression ne sera pas enregistrée.";
  document.body.prepend(line);
}
