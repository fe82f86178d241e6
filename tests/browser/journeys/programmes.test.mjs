/** Programmes: a trainer builds one by keyboard alone; a learner goes through it on a phone, by touch. */
import assert from "node:assert/strict";
import { assertLooks, PHONE } from "../support/browser.mjs";
import { answer, content, heading, learner, offer, saved, trainer, turnPage } from "../support/acts.mjs";
import { onEachDatabase } from "../support/journey.mjs";

const COURSE = "Gestes et postures au travail";

/** Presses Tab (or Shift+Tab) until the focus is on what has this name. */
async function tabTo(page, name, { back = false } = {}) {
  const seen = [];
  for (let press = 0; press < 120; press += 1) {
    await page.keyboard.press(back ? "Shift+Tab" : "Tab");
    const found = await page.evaluate(() => {
      const element = document.activeElement;
      const label = element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent ?? element.textContent;
      return label.replace(/[\s\u00a0\u202f]+/g, " ").trim();
    });
    if (name.test(found)) return;
    seen.push(found);
  }
  assert.fail(`Tab never came to ${name}: ${seen.join(" | ")}`);
}

/** The builder says that the last change is saved. */
const isSaved = (page) => page.locator("[data-live-state]").filter({ hasText: /^Enregistré$/ }).waitFor();

/** Adds a step to a phase with nothing but keys. */
async function addStep(page, phase, words) {
  await page.locator("h1").evaluate((title) => { title.tabIndex = -1; title.focus(); });
  await tabTo(page, new RegExp(`^Ajouter une étape : ${phase}$`));
  await page.keyboard.press("Enter");
  await tabTo(page, /^Formation, ou partie/);
  await page.keyboard.type(words);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  const before = await page.locator(".step-row").count();
  await page.keyboard.press("Enter");
  await page.waitForFunction((count) => document.querySelectorAll(".step-row").length === count, before + 1);
}

const titles = (page, phase) => page.locator(`[data-phase="${phase}"] .step-row`).evaluateAll((rows) => rows.map((row) => row.dataset.name));

onEachDatabase("Programmes", (journey) => {
  journey("a trainer builds by keyboard alone, a learner goes through by touch", async (site) => {
    await offer(site, "scorm2004-simple");
    const desk = await site.signedIn(await trainer(site));
    await desk.goto("/trainer/programmes");
    await assertLooks(desk, "programmes-empty");
    await tabTo(desk, /^Titre du nouveau programme/);
    await desk.keyboard.type("Prise de poste");
    await desk.keyboard.press("Enter");
    await desk.waitForURL(/\/trainer\/programmes\/[0-9a-f-]+$/);
    const address = new URL(desk.url()).pathname;

    await addStep(desk, "Avant", "gestes");
    await addStep(desk, "Pendant", "gestes");
    assert.deepEqual(await titles(desk, "before"), [COURSE]);
    await isSaved(desk);

    // A title typed in place, saved when the field is left.
    await desk.locator("h1").evaluate((title) => { title.tabIndex = -1; title.focus(); });
    await tabTo(desk, /^Titre de l[’']étape/);
    await desk.keyboard.press("Control+a");
    await desk.keyboard.type("Prendre soin de son dos");
    await desk.keyboard.press("Tab");
    await desk.waitForFunction(() => document.querySelector('[data-phase="before"] .step-row')?.dataset.name === "Prendre soin de son dos");

    // The second step waits for the first: its conditions are unfolded, chosen and saved.
    await tabTo(desk, /^Gestes et postures au travail : Ouverte dès le départ/);
    await desk.keyboard.press("Enter");
    await tabTo(desk, /^S[’']ouvre après/);
    await desk.keyboard.type("Prendre");
    await desk.keyboard.press("Tab");
    await desk.getByText(/Après «\s*Prendre soin de son dos\s*»/).first().waitFor();

    // Down, over the end of its phase, and up again; the focus stays on the step.
    await desk.locator("h1").evaluate((title) => { title.tabIndex = -1; title.focus(); });
    await tabTo(desk, /^Descendre : Gestes/);
    await desk.keyboard.press("Enter");
    await desk.waitForFunction(() => document.querySelectorAll('[data-phase="after"] .step-row').length === 1);
    assert.match(await desk.evaluate(() => document.activeElement.getAttribute("aria-label")), /Gestes et postures/);
    assert.deepEqual(await titles(desk, "during"), []);

    // Removed, and put back by the toast.
    await tabTo(desk, /^Retirer : Gestes/);
    await desk.keyboard.press("Enter");
    await desk.waitForFunction(() => document.querySelectorAll(".step-row").length === 1);
    await tabTo(desk, /^Annuler$/);
    await desk.keyboard.press("Enter");
    await desk.waitForFunction(() => document.querySelectorAll('[data-phase="after"] .step-row').length === 1);
    await assertLooks(desk, "programme-builder");

    await desk.reload();
    await tabTo(desk, /^Voir comme un apprenant$/);
    await desk.keyboard.press("Enter");
    await desk.waitForURL(/\/preview$/);
    await assertLooks(desk, "programme-preview");
    await desk.goto(address);
    await tabTo(desk, /^Publier$/);
    await desk.keyboard.press("Enter");
    await desk.getByText(/«\s*Prise de poste\s*» est publié/).waitFor();
    await assertLooks(desk, "programme-published");

    // Camille is enrolled by name, found as it is typed.
    const camille = await learner(site);
    await desk.goto(`${address}/people`);
    await tabTo(desk, /^Une personne$/);
    await desk.keyboard.type("camille");
    await desk.getByRole("option", { name: /Camille Leroy/ }).waitFor();
    await desk.keyboard.press("ArrowDown");
    await desk.keyboard.press("Enter");
    await desk.keyboard.press("Enter");
    await desk.getByText("1 personne inscrite.").waitFor();
    await assertLooks(desk, "programme-people");

    const phone = await site.signedIn(camille, { viewport: PHONE, hasTouch: true });
    await phone.goto("/");
    await phone.getByRole("heading", { name: "À faire" }).waitFor();
    await assertLooks(phone, "home-programme");
    await phone.getByRole("link", { name: "Prise de poste" }).tap();
    await phone.waitForURL(/\/programmes\//);
    await phone.getByText(/Après «\s*Prendre soin de son dos\s*»/).waitFor();
    assert.equal(await phone.getByRole("button", { name: "Gestes et postures" }).count(), 0, "a locked step is no button");
    await assertLooks(phone, "programme-learner");
    await phone.locator("button.resume").tap();
    await phone.waitForURL(/\/player\//);
    const frame = content(phone);
    await turnPage(frame);
    await heading(frame, "Soulever une charge");
    await turnPage(frame);
    await turnPage(frame);
    await answer(frame);
    await saved(phone);
    await phone.locator("#player-back").tap();
    await phone.waitForURL(/\/programmes\//);
    await phone.getByText("2 sur 2").waitFor();
    await assertLooks(phone, "programme-done");
    await phone.goto("/");
    await phone.getByRole("heading", { name: "Terminé" }).waitFor();
    await phone.getByRole("link", { name: "Prise de poste" }).waitFor();
  });
});
