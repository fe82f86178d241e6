/** Play: each kind of content in a real Chromium, saved while it goes on and resumed where it was left. */
import assert from "node:assert/strict";
import { assertAccessible, assertFits, picture, PHONE, signIn } from "../support/browser.mjs";
import { administrator, answer, assertDone, content, heading, heardOut, intranet, leave, learner, offer, resume, saved, start, turnPage, until } from "../support/acts.mjs";
import { onEachDatabase } from "../support/journey.mjs";

onEachDatabase("Play", (journey) => {
  journey("a SCORM 1.2 course is read, left, resumed and passed", async (site) => {
    const course = await offer(site, "scorm12-single");
    const page = await site.signedIn(await learner(site), { viewport: PHONE });
    await start(page, course);
    await heading(content(page), "Travailler au bord de la route");
    await assertFits(page);
    await assertAccessible(page);
    await picture(page, "player-scorm12-360");
    await turnPage(content(page));
    await turnPage(content(page));
    await heading(content(page), "Être vu");
    await saved(page);
    await leave(page);

    await resume(page);
    await heading(content(page), "Être vu");
    for (let step = 0; step < 3; step++) await turnPage(content(page));
    await answer(content(page), { wrong: ["place"] });
    await saved(page);
    await leave(page);
    await assertDone(page, course);
    assert.match(await page.getByRole("main").innerText(), /80\s*%/, "the score is told");
  });

  journey("a SCORM 2004 course of several parts is walked by flow and by choice", async (site) => {
    const course = await offer(site, "scorm2004-pretest-posttest");
    const page = await site.signedIn(await learner(site));
    await start(page, course);
    await heading(content(page), "Ce que vous savez déjà");
    await picture(page, "player-scorm2004-1280");
    await answer(content(page), { wrong: ["avant-ascenseur", "avant-tension"] });
    await saved(page);
    // What the test has shown to be known is passed over: the alarm, but neither leaving nor the extinguisher.
    await page.getByRole("button", { name: "Suivant" }).click();
    await heading(content(page), "Évacuer");
    await turnPage(content(page));
    await saved(page);

    // By choice, in the outline.
    await page.locator("#player-outline").getByRole("link", { name: /Utiliser un extincteur/ }).click();
    await heading(content(page), "Utiliser un extincteur");
    await turnPage(content(page));
    await heading(content(page), "Quatre gestes");
    await saved(page);
    await leave(page);

    await resume(page);
    await heading(content(page), /Utiliser un extincteur|Quatre gestes/);
    await page.getByRole("button", { name: "Suivant" }).click();
    await heading(content(page), "Ce que vous avez appris");
    await answer(content(page));
    await saved(page);
    await leave(page);
    await page.goto(`/courses/${course.id}`);
    const step = page.locator("li.task", { hasText: "Ce que vous avez appris" });
    assert.match(await step.innerText(), /Terminé|Réussi/);
  });

  journey("a course of several SCORM 1.2 parts and a document", async (site) => {
    const course = await offer(site, "scorm12-two-scos");
    const page = await site.signedIn(await learner(site));
    await start(page, course);
    await heading(content(page), "L’essentiel du RGPD");
    for (let step = 0; step < 3; step++) await turnPage(content(page));
    await saved(page);
    await page.getByRole("button", { name: "Suivant" }).click();
    await heading(content(page), "Au guichet");
    await turnPage(content(page));
    await turnPage(content(page));
    await answer(content(page));
    await saved(page);
    await page.getByRole("button", { name: "Suivant" }).click();
    await heading(content(page), "Aide-mémoire");
    await leave(page);
    await assertDone(page, course);
  });

  journey("an xAPI course keeps its place by the record store", async (site) => {
    const course = await offer(site, "tincan-accueil");
    const page = await site.signedIn(await learner(site));
    await start(page, course);
    await heading(content(page), /Accueillir/);
    await turnPage(content(page));
    await heading(content(page), "Chacun selon ses besoins");
    await heardOut(page);
    await leave(page);

    await resume(page);
    await heading(content(page), "Chacun selon ses besoins");
    await turnPage(content(page));
    await turnPage(content(page));
    await answer(content(page));
    await heardOut(page);
    await leave(page);
    await assertDone(page, course);
  });

  journey("a cmi5 course of one unit is passed", async (site) => {
    const course = await offer(site, "cmi5-one-au");
    const page = await site.signedIn(await learner(site));
    await start(page, course);
    await heading(content(page), "Un courrier clair");
    await turnPage(content(page));
    await heading(content(page), "Trois règles");
    await heardOut(page);
    await leave(page);

    await resume(page);
    await heading(content(page), "Trois règles");
    await turnPage(content(page));
    await turnPage(content(page));
    await answer(content(page));
    await heardOut(page);
    await leave(page);
    await assertDone(page, course);
  });

  for (const [name, kind, word] of [["chantier.mp4", "video", "film"], ["accueil.mp3", "audio", "recording"]]) {
    journey(`a ${word} resumes where it was left and ends as done`, async (site) => {
      const course = await offer(site, name);
      const page = await site.signedIn(await learner(site));
      await start(page, course);
      const medium = page.locator(kind);
      await medium.waitFor({ state: "attached" });
      await picture(page, `player-${kind}-1280`);
      await assertAccessible(page);
      await page.getByRole("button", { name: "Lire" }).first().click();
      await page.waitForFunction((kind) => document.querySelector(kind).currentTime > 3, kind);
      await page.getByRole("button", { name: "Mettre en pause" }).first().click();
      const left = await medium.evaluate((element) => element.currentTime);
      await saved(page);
      await leave(page);

      await resume(page);
      await page.waitForFunction((kind) => document.querySelector(kind)?.currentTime > 2, kind);
      const found = await medium.evaluate((element) => element.currentTime);
      assert.ok(Math.abs(found - left) < 1.5, `resumed at ${found} s, left at ${left} s`);
      await page.getByRole("button", { name: "Lire" }).first().click();
      // A patient learner in a hurry: four times as fast to the end, every second is still played.
      await medium.evaluate((element) => { element.playbackRate = 4; });
      await page.waitForFunction((kind) => document.querySelector(kind).ended, kind);
      await saved(page);
      await leave(page);
      await assertDone(page, course);
    });
  }

  journey("what a course could not send follows when a film is opened", async (site) => {
    const course = await offer(site, "scorm12-single");
    const film = await offer(site, "chantier.mp4");
    const page = await site.signedIn(await site.person("lou", "Lou Girard", "learner"));
    await start(page, course);
    await heading(content(page), "Travailler au bord de la route");
    await saved(page);
    const commits = "**/runtime/launches/*/commit";
    await page.route(commits, (route) => route.abort());
    await turnPage(content(page));
    await page.locator('#player-state[data-state="offline"]').waitFor();
    await page.goto("/");
    await page.unroute(commits);
    const sent = page.waitForResponse((response) => /\/commit$/.test(response.url()) && response.ok());
    await start(page, film);
    await page.locator("video").waitFor({ state: "attached" });
    await sent;
    assert.equal(await page.locator("#player-frame").isVisible(), false, "nobody sees what sends it");
  });

  journey("who is let in no longer is told so, and what they do is kept and sent when they are again", async (site) => {
    const course = await offer(site, "scorm12-single");
    const maud = await site.person("maud", "Maud Renard", "learner");
    const page = await site.signedIn(maud);
    await start(page, course);
    await heading(content(page), "Travailler au bord de la route");
    await saved(page);
    const admin = await site.signedIn(await administrator(site));
    const access = (act) => admin.evaluate(async (address) => {
      const answer = await fetch(address, { method: "POST" });
      if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    }, `/admin/people/${maud.id}/${act}`);
    await access("disable");
    await turnPage(content(page));
    await page.locator('#player-state[data-state="shut"]').waitFor();
    await page.getByText("Votre accès au service a été fermé.").waitFor();
    await assertAccessible(page);
    await turnPage(content(page));
    const kept = () => page.frames().find((frame) => frame.url().includes("/frame/")).evaluate(() => new Promise((resolve, reject) => {
      const opening = indexedDB.open("preau-commits");
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        const [store] = opening.result.objectStoreNames;
        const count = opening.result.transaction(store).objectStore(store).count();
        count.onsuccess = () => resolve(count.result);
      };
    }));
    assert.ok((await kept()) > 0, "the log of the device keeps it");
    await access("enable");
    // The connection coming back is one of the moments at which it is tried again.
    await page.context().setOffline(true);
    await page.context().setOffline(false);
    await saved(page);
    await until(async () => (await kept()) === 0);

    // A film tells the application itself, by a sign-in, which has ended too.
    const film = await offer(site, "chantier.mp4");
    await signIn(page, maud);
    await start(page, film);
    await page.locator("video").waitFor({ state: "attached" });
    await saved(page);
    await access("disable");
    await page.getByRole("button", { name: "Lire" }).first().click();
    await page.locator('#player-state[data-state="signed-out"]').waitFor();
    await page.getByText("Vous n’êtes plus connecté.").waitFor();
    await access("enable");
    const other = await page.context().newPage();
    await signIn(other, maud);
    await page.context().setOffline(true);
    await page.context().setOffline(false);
    await saved(page);
  });

  journey("the intranet's link opens the player without a further login, once", async (site) => {
    const course = await offer(site, "scorm2004-simple");
    const ask = await intranet(site);
    const activity = course.activities.find((activity) => activity.kind === "sco");
    const launch = await ask("/launches", {
      course: course.id, activity: activity.index,
      actor: { objectType: "Agent", name: "Sacha Robin", account: { homePage: "https://intranet.exemple.fr", name: "srobin" } },
    });
    const page = await site.visitor({ viewport: PHONE });
    await page.goto(launch.url);
    await heading(content(page), "Prendre soin de son dos");
    for (let step = 0; step < 3; step++) await turnPage(content(page));
    await answer(content(page));
    await saved(page);
    // The intranet reads the outcome.
    await until(async () => (await ask(`/registrations/${launch.registration}`)).completion === "completed");

    const stranger = await site.visitor();
    const answered = await stranger.goto(launch.url);
    assert.ok(answered.status() >= 400 || new URL(stranger.url()).pathname === "/sign-in", "the link works once");
  });

  journey("a second tab takes over and the first becomes read-only", async (site) => {
    const course = await offer(site, "scorm2004-simple");
    const page = await site.signedIn(await learner(site));
    await start(page, course);
    await heading(content(page), "Prendre soin de son dos");
    await saved(page);
    const second = await page.context().newPage();
    await second.goto(page.url());
    await heading(content(second), "Prendre soin de son dos");
    await turnPage(content(second));
    await saved(second);
    await turnPage(content(page));
    await page.locator('#player-state[data-state="readonly"]').waitFor();
  });
});
