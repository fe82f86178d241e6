/** Record: every kind of activity leaves statements that an administrator reads as sentences. */
import assert from "node:assert/strict";
import { assertLooks } from "../support/browser.mjs";
import { administrator, answer, content, heading, leave, learner, offer, saved, start, turnPage } from "../support/acts.mjs";
import { onEachDatabase } from "../support/journey.mjs";

onEachDatabase("Record", (journey) => {
  journey("an administrator reads who did what, whatever the kind of content", async (site) => {
    const page = await site.signedIn(await learner(site));
    const scorm = await offer(site, "scorm2004-simple");
    await start(page, scorm);
    for (let step = 0; step < 3; step++) await turnPage(content(page));
    await answer(content(page));
    await saved(page);
    await leave(page);

    const cmi5 = await offer(site, "cmi5-two-aus");
    await start(page, cmi5);
    await heading(content(page), "Des mots de passe solides");
    await turnPage(content(page));
    await turnPage(content(page));
    await leave(page);

    const tincan = await offer(site, "tincan-accueil");
    await start(page, tincan);
    await heading(content(page), /Accueillir/);
    await turnPage(content(page));
    await heading(content(page), "Chacun selon ses besoins");
    await leave(page);

    const film = await offer(site, "chantier.mp4");
    await start(page, film);
    await page.getByRole("button", { name: "Lire" }).first().click();
    await page.waitForFunction(() => document.querySelector("video").currentTime > 1);
    await page.getByRole("button", { name: "Mettre en pause" }).first().click();
    await saved(page);
    await leave(page);

    const desk = await site.signedIn(await administrator(site));
    await desk.goto("/admin/statements");
    await desk.getByText("Camille Leroy").first().waitFor();
    const told = await desk.getByRole("main").innerText();
    for (const what of ["Prendre soin de son dos", "Des mots de passe solides", "Accueil du public", "chantier"]) {
      assert.match(told, new RegExp(what, "i"), `the list tells of ${what}`);
    }
    assert.match(told, /a (réussi|terminé|commencé|initialisé|lancé)/, "acts are told in French sentences");
    await assertLooks(desk, "admin-statements");
  });

  journey("rebuilding the progress from the statements changes nothing that a learner sees", async (site) => {
    const page = await site.signedIn(await learner(site));
    await page.goto("/");
    const before = await page.getByRole("main").innerText();
    await site.server.cli(["rebuild"]);
    await page.reload();
    assert.equal(await page.getByRole("main").innerText(), before);
  });
});
