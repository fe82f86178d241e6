/** Films: a trainer sends one, follows its preparation and adds captions; a learner watches it by keyboard on a small screen. */
import assert from "node:assert/strict";
import { assertLooks, PHONE } from "../support/browser.mjs";
import { learner, saved, start, trainer } from "../support/acts.mjs";
import { onEachDatabase } from "../support/journey.mjs";
import { medium } from "../support/server.mjs";

const CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:30.000\nMettez votre casque avant d’entrer.\n";

onEachDatabase("Film", (journey) => {
  journey("a trainer prepares a film with captions, a learner watches it by keyboard", async (site) => {
    const page = await site.signedIn(await trainer(site));
    await page.goto("/trainer/import");
    await page.locator('input[type="file"]').setInputFiles(medium("chantier.mp4"));
    await page.waitForURL(/\/trainer\/packages\/[0-9a-f-]+$/);
    // The page follows the work by itself.
    await page.getByText("Prêt pour tous les appareils").waitFor({ timeout: 60_000 });

    await page.getByLabel("Fichier de sous-titres").setInputFiles({ name: "fr.vtt", mimeType: "text/vtt", buffer: Buffer.from("WEBVTT\n\n00:01 --> 00:02\nA") });
    await page.getByRole("button", { name: "Ajouter les sous-titres" }).click();
    await page.getByText("Ligne 3", { exact: false }).waitFor();
    await page.getByLabel("Fichier de sous-titres").setInputFiles({ name: "fr.vtt", mimeType: "text/vtt", buffer: Buffer.from(CAPTIONS) });
    await page.getByRole("button", { name: "Ajouter les sous-titres" }).click();
    await page.getByRole("link", { name: "Modifier" }).waitFor();
    await assertLooks(page, "trainer-film");

    await page.getByRole("link", { name: "Modifier" }).click();
    await page.getByRole("heading", { level: 1, name: /Sous-titres/ }).waitFor();
    const text = page.getByRole("textbox", { name: "Texte" });
    await text.fill("WEBVTT\n\nperdu");
    await page.getByRole("status").getByText("Ligne 3", { exact: false }).waitFor();
    await text.fill(CAPTIONS);
    await page.getByRole("status").getByText("Un sous-titre", { exact: false }).waitFor();
    await assertLooks(page, "trainer-captions");
    await page.getByRole("button", { name: "Enregistrer" }).click();
    await page.waitForURL(/\/trainer\/packages\/[0-9a-f-]+(#media)?$/);

    await page.getByRole("button", { name: "Retirer" }).click();
    await page.getByText("Les sous-titres sont retirés").waitFor();
    await page.getByRole("button", { name: "Annuler" }).click();
    await page.getByRole("link", { name: "Modifier" }).waitFor();
    await page.getByRole("button", { name: "Publier" }).click();
    const course = await page.locator('form[action^="/trainer/courses/"][action$="/unpublish"]').first().getAttribute("action");

    const watching = await site.signedIn(await learner(site), { viewport: PHONE });
    await start(watching, { id: course.split("/")[3] });
    const video = watching.locator("video");
    await video.waitFor();
    await watching.waitForFunction(() => document.querySelector("video").readyState >= 2);
    assert.match(await video.getAttribute("src"), /playable\/film\.mp4$|chantier\.mp4$/);
    await watching.getByRole("button", { name: "Lire" }).focus();
    await watching.keyboard.press("k");
    await watching.waitForFunction(() => !document.querySelector("video").paused);
    await watching.keyboard.press("c");
    await watching.waitForFunction(() => {
      const [track] = document.querySelector("video").textTracks;
      return track.mode === "showing" && (track.activeCues?.length ?? 0) > 0;
    });
    await watching.keyboard.press("5");
    await watching.waitForFunction(() => {
      const video = document.querySelector("video");
      return video.currentTime >= video.duration * 0.45;
    });
    await watching.keyboard.press("k");
    await saved(watching);
    await watching.getByLabel("Vitesse").selectOption("1.5");
    await assertLooks(watching, "player-film");

    // Another day: captions and speed are as they were, and the film goes on where it stopped.
    await watching.reload();
    await watching.waitForFunction(() => document.querySelector("video")?.readyState >= 2);
    const kept = await watching.evaluate(() => {
      const video = document.querySelector("video");
      return { speed: video.playbackRate, captions: video.textTracks[0].mode, at: video.currentTime / video.duration };
    });
    assert.deepEqual({ speed: kept.speed, captions: kept.captions }, { speed: 1.5, captions: "showing" });
    assert.ok(kept.at > 0.3, `it went on at ${kept.at}`);
  });
});
