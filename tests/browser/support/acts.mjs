/** What trainers and learners do, said once: import, publish, open, read, answer, leave. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { medium, PATIENCE, sample } from "./server.mjs";

export const fileOf = (name) => (/\.(mp4|mp3)$/.test(name) ? medium(name) : sample(name));

/** The people of a journey. */
export const trainer = (site) => site.person("thomas", "Thomas Martin", "trainer");
export const learner = (site) => site.person("camille", "Camille Leroy", "learner");
export const administrator = (site) => site.person("alice", "Alice Fontaine", "administrator");

/** Imports a sample, or another `file`, by the command line, once a site, and publishes it as the trainer does. Gives the first course. */
export async function offer(site, name, file) {
  if (site.offers.has(name)) return site.offers.get(name);
  const imported = await site.server.cli(["import", file ?? fileOf(name)]);
  const page = await site.signedIn(await trainer(site));
  await page.goto(`/trainer/packages/${imported.id}`);
  await page.getByRole("button", { name: "Publier" }).click();
  await page.getByRole("button", { name: "Retirer" }).waitFor();
  await page.context().close();
  const course = { package: imported.id, ...imported.courses[0] };
  site.offers.set(name, course);
  return course;
}

/** The same, and the trainer has the course open in a window of its own. */
export async function inWindow(site, name, file) {
  const course = await offer(site, name, file);
  const desk = await site.signedIn(await trainer(site));
  await desk.goto(`/trainer/courses/${course.id}/playing`);
  await desk.getByRole("radio", { name: /Dans une fenêtre à part/ }).check();
  await desk.getByRole("button", { name: "Enregistrer" }).click();
  await desk.getByText(/sont réglés/).first().waitFor();
  assert.ok(await desk.getByRole("radio", { name: /Dans une fenêtre à part/ }).isChecked(), "the choice is shown");
  await desk.context().close();
  return course;
}

/** Opens the window of such a course by a button of the player page. */
export async function openBy(page, name) {
  const opening = page.waitForEvent("popup");
  await page.getByRole("button", { name, exact: true }).click();
  return opening;
}

/** Builds and publishes a programme of courses on the trainer's pages. Gives its address. */
export async function offerProgramme(page, title, courses) {
  await page.goto("/trainer/programmes");
  await page.getByLabel("Titre du nouveau programme").fill(title);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/trainer\/programmes\/[0-9a-f-]+$/);
  for (const [place, course] of courses.entries()) {
    const adder = page.locator("#add-during");
    if ((await adder.getAttribute("open")) === null) await adder.locator("summary").click();
    await adder.getByRole("combobox").pressSequentially(course);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await page.waitForFunction((count) => document.querySelectorAll(".step-row").length === count, place + 1);
  }
  const address = new URL(page.url()).pathname;
  await page.getByRole("button", { name: "Publier", exact: true }).click();
  await page.getByText(/est publié/).first().waitFor();
  return address;
}

/** Publishes a course in the trainer's list. */
export async function publish(page, title) {
  const row = page.getByRole("row").filter({ hasText: title });
  await row.getByRole("button", { name: "Publier" }).click();
  await page.getByRole("row").filter({ hasText: title }).getByRole("button", { name: "Retirer" }).waitFor();
}

/** Drops a file on the upload area, as with a mouse. */
export async function drop(page, path) {
  const bytes = readFileSync(path).toString("base64");
  const transfer = await page.evaluateHandle(({ bytes, name }) => {
    const data = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([data], name));
    return transfer;
  }, { bytes, name: basename(path) });
  const area = page.locator("label.drop");
  await area.dispatchEvent("dragenter", { dataTransfer: transfer });
  await area.dispatchEvent("dragover", { dataTransfer: transfer });
  await area.dispatchEvent("drop", { dataTransfer: transfer });
}

/** Starts a course from its page: the player opens. */
export async function start(page, course) {
  await page.goto(`/courses/${course.id}`);
  await page.getByRole("button", { name: "Commencer" }).click();
  await page.waitForURL(/\/player\//);
}

/** What the package shows: the content's own frame, inside the launch frame of the content origin. */
export const content = (page) => page.frameLocator("#player-frame").frameLocator("iframe");

/** Waits until the player says that everything is saved. */
export const saved = (page) => page.locator('#player-state[data-state="saved"]').waitFor();

/** Reads on to the next page of a sample course. */
export async function turnPage(frame) {
  await frame.getByRole("button", { name: "Page suivante" }).click();
}

/** The heading of the page that a sample course shows. */
export const heading = (frame, name) => frame.getByRole("heading", { level: 1, name }).waitFor();

/** Answers the quiz: every question right, apart from those in `wrong`. */
export async function answer(frame, { wrong = [] } = {}) {
  const questions = frame.locator("fieldset[data-question]");
  // The script names them when it takes them over.
  await questions.locator("input[name]").first().waitFor();
  for (const question of await questions.all()) {
    const right = await question.getAttribute("data-answer");
    const mistaken = wrong.includes(await question.getAttribute("data-question"));
    await question.locator(mistaken ? `input:not([value="${right}"])` : `input[value="${right}"]`).first().check();
  }
  await frame.getByRole("button", { name: "Valider mes réponses" }).click();
  await frame.getByText(/bonnes? réponses? sur/).waitFor();
}

/** Leaves the player by its way back and waits for the page behind it. */
export async function leave(page) {
  await page.locator("#player-back").click();
  await page.waitForURL((url) => !url.pathname.startsWith("/player/"));
}

/** The learner's home offers the course with the one-tap button. */
export async function resume(page) {
  await page.goto("/");
  await page.locator("a.resume").click();
  await page.waitForURL(/\/player\//);
}

/** The course page says that it is done. */
export async function assertDone(page, course, status = /Terminé|Réussi/) {
  await page.goto(`/courses/${course.id}`);
  assert.match(await page.locator(".course-meta").first().innerText(), status);
}

/** Asks the interface as the intranet does: a path below `/api/v1`, with an order to POST or none. */
export async function intranet(site) {
  const { token } = await site.server.cli(["token", "create", "--name", "Intranet", "--scope", "launches/write", "registrations/read"]);
  return async (path, order) => {
    const answered = await fetch(`${site.server.local}/api/v1${path}`, {
      method: order ? "POST" : "GET",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: order && JSON.stringify(order),
    });
    const said = await answered.json();
    assert.ok(answered.ok, `${path}: ${answered.status} ${JSON.stringify(said)}`);
    return said;
  };
}

/** Waits until a cmi5 or xAPI course has said what it had to say: it says one thing after the other. */
export async function heardOut(page) {
  const { underway } = page.context();
  let quiet = 0;
  await until(() => {
    quiet = underway.size === 0 ? quiet + 1 : 0;
    return quiet > 3;
  });
}

/** Waits for what arrives by itself and no page shows. */
export async function until(condition) {
  for (const end = Date.now() + PATIENCE; !(await condition()); ) {
    assert.ok(Date.now() < end, "it came in time");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Reloads until the text is there: what a job does shows when it has done it. */
export const reloadUntil = (page, text) =>
  until(async () => {
    if (await page.getByText(text).first().isVisible()) return true;
    await page.reload();
    return false;
  });
