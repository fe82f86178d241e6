/** Attempts: a trainer says how many there are and which one counts; a learner begins again, and looks at what is over. */
import assert from "node:assert/strict";
import { assertLooks } from "../support/browser.mjs";
import { answer, content, heading, leave, learner, offer, saved, start, trainer, turnPage } from "../support/acts.mjs";
import { onEachDatabase } from "../support/journey.mjs";

/** Reads the course to its end and answers its quiz. */
async function play(page, wrong = []) {
  for (const next of ["Travailler au bord de la route"]) await heading(content(page), next);
  for (let step = 0; step < 5; step++) await turnPage(content(page));
  await answer(content(page), { wrong });
  await saved(page);
  await leave(page);
}

onEachDatabase("Attempts", (journey) => {
  journey("a learner begins again as often as the trainer allows, and the best attempt counts", async (site) => {
    const course = await offer(site, "scorm12-single");
    const desk = await site.signedIn(await trainer(site));
    await desk.goto(`/trainer/packages/${course.package}`);
    await desk.getByRole("link", { name: "Essais et affichage", exact: true }).click();
    await desk.getByRole("radio", { name: /Il peut recommencer/ }).check();
    await desk.getByLabel("Nombre d’essais au plus").fill("2");
    await assertLooks(desk, "attempts-policy");
    await desk.getByRole("button", { name: "Enregistrer" }).click();
    await desk.getByText(/sont réglés/).first().waitFor();
    assert.equal(await desk.getByLabel("Nombre d’essais au plus").inputValue(), "2");

    const page = await site.signedIn(await learner(site));
    await start(page, course);
    await play(page, ["place"]);
    const main = page.getByRole("main");
    await main.getByText("Il vous reste un essai.").waitFor();
    await page.getByRole("button", { name: "Recommencer", exact: true }).click();
    await page.waitForURL(/\/player\//);
    await play(page);

    await main.getByText("Il ne vous reste aucun essai.").waitFor();
    const told = await main.innerText();
    assert.match(told, /100\s*%\s+votre meilleur essai/);
    assert.match(told, /Essai 2[\s\S]*100\s*%[\s\S]*compte pour le résultat[\s\S]*Essai 1[\s\S]*80\s*%/);
    assert.equal(await page.getByRole("button", { name: "Recommencer" }).count(), 0);
    await assertLooks(page, "attempts-course");

    // The first attempt is there to be looked at, and stays what it was.
    await page.getByRole("link", { name: "Revoir l’essai 1" }).click();
    await page.waitForURL(/mode=review/);
    await heading(content(page), /.+/);
    await page.locator('#player-state[data-state="not-recorded"]').waitFor();
    await leave(page);
    await page.getByRole("link", { name: "Revoir la formation" }).click();
    await page.waitForURL(/mode=review/);
  });
});
