/** Import: a trainer drops a package on the page, follows the upload, sees outline and findings; a refused one says why. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { assertLooks, PHONE } from "../support/browser.mjs";
import { drop, trainer } from "../support/acts.mjs";
import { onEachDatabase } from "../support/journey.mjs";
import { medium, sample } from "../support/server.mjs";

onEachDatabase("Import", (journey) => {
  journey("a trainer drops a package and sees its outline", async (site) => {
    const page = await site.signedIn(await trainer(site));
    await page.goto("/trainer");
    await page.getByRole("link", { name: "Importer" }).first().click();
    await page.waitForURL("/trainer/import");
    await assertLooks(page, "trainer-import");
    await drop(page, sample("scorm2004-pretest-posttest"));
    await page.waitForURL(/\/trainer\/packages\/[0-9a-f-]+$/);
    await page.getByRole("heading", { level: 1, name: /Réagir en cas d.incendie/ }).waitFor();
    for (const step of ["Ce que vous savez déjà", "Les trois réflexes", "Donner l’alerte", "Ce que vous avez appris"]) {
      await page.getByText(step, { exact: true }).first().waitFor();
    }
    await assertLooks(page, "trainer-package");
  });

  journey("every kind of content is taken by the file button", async (site) => {
    const page = await site.signedIn(await trainer(site), { viewport: PHONE });
    for (const [file, title] of [
      [sample("scorm12-two-scos"), "Protection des données personnelles"],
      [sample("cmi5-two-aus"), "Cybersécurité"],
      [sample("tincan-accueil"), "Accueil du public"],
      [medium("chantier.mp4"), "chantier"],
      [medium("accueil.mp3"), "accueil"],
    ]) {
      await page.goto("/trainer/import");
      await page.locator('input[type="file"]').setInputFiles(file);
      await page.waitForURL(/\/trainer\/packages\/[0-9a-f-]+$/);
      assert.match(await page.getByRole("heading", { level: 1 }).innerText(), new RegExp(title, "i"));
    }
    await page.goto("/trainer");
    await assertLooks(page, "trainer-courses");
  });

  journey("a large upload shows how far it is", async (site) => {
    const page = await site.signedIn(await trainer(site));
    await page.goto("/trainer/import");
    // A slow line, so that the progress can be seen: 400 kB of film at 200 kB/s.
    const line = await page.context().newCDPSession(page);
    await line.send("Network.emulateNetworkConditions", { offline: false, latency: 20, downloadThroughput: 1e6, uploadThroughput: 200_000 });
    await page.locator('input[type="file"]').setInputFiles(medium("chantier.mp4"));
    const bar = page.locator(".uploads progress");
    await bar.waitFor();
    await page.waitForFunction(() => {
      const bar = document.querySelector(".uploads progress");
      return bar === null || (bar.value > 0 && bar.value < bar.max);
    });
    await page.waitForURL(/\/trainer\/packages\/[0-9a-f-]+$/);
  });

  journey("a package that cannot be taken says why, and nothing is left of it", async (site) => {
    const page = await site.signedIn(await trainer(site));
    await page.goto("/trainer");
    const before = await page.getByRole("row").count();
    const truncated = join(site.server.folder, "coupé.zip");
    writeFileSync(truncated, Buffer.from("PK\u0003\u0004 a beginning without an end"));
    for (const [path, reason] of [
      [sample("broken/missing-manifest"), /ne contient ni imsmanifest\.xml, ni cmi5\.xml, ni tincan\.xml/],
      [sample("broken/malformed-xml"), /n.est pas un XML correct/],
      [sample("broken/doctype"), /contient un DOCTYPE/],
      [truncated, /illisible/],
    ]) {
      await page.goto("/trainer/import");
      await page.locator('input[type="file"]').setInputFiles(path);
      await page.locator('.upload[data-state="failed"]').waitFor();
      const told = await page.locator(".uploads").innerText();
      assert.match(told, reason);
      assert.doesNotMatch(told, /\[object|undefined|null/, "in words");
    }
    await assertLooks(page, "trainer-import-refused");
    await page.goto("/trainer");
    assert.equal(await page.getByRole("row").count(), before, "a refused package leaves no course");
  });

  journey("a manifest in a sub-folder is taken, with a finding", async (site) => {
    const page = await site.signedIn(await trainer(site));
    await page.goto("/trainer/import");
    await drop(page, sample("broken/manifest-in-subfolder"));
    await page.waitForURL(/\/trainer\/packages\/[0-9a-f-]+$/);
    const notes = page.locator("main details.disclosure summary", { hasText: /remarque/ });
    if ((await notes.count()) > 0) await notes.click();
    await page.getByText(/Le manifeste est dans le dossier «\s*Ma formation\/?\s*»/).waitFor();
  });
});
