/** Window: a course whose content has a window of its own, in a Chromium that blocks windows nobody asked for. */
import assert from "node:assert/strict";
import { assertAccessible, assertLooks, picture } from "../support/browser.mjs";
import { answer, assertDone, content, heading, inWindow, learner, openBy, saved, start, turnPage } from "../support/acts.mjs";
import { onEachDatabase } from "../support/journey.mjs";

const windows = (page) => page.context().pages().filter((one) => new URL(one.url()).pathname === "/player/window");
const beside = (page) => page.getByText(/Laissez cette page ouverte/).waitFor();

onEachDatabase("Window", (journey) => {
  journey("a SCORM 1.2 course is opened by the button, read in its window, closed, resumed and passed", async (site) => {
    const course = await inWindow(site, "scorm12-single");
    const page = await site.signedIn(await learner(site));
    await start(page, course);
    await page.getByRole("button", { name: "Ouvrir l’activité" }).waitFor();
    assert.equal(windows(page).length, 0, "unasked, the browser opened no window");
    await assertLooks(page, "window-blocked");
    const first = await openBy(page, "Ouvrir l’activité");
    await heading(content(first), "Travailler au bord de la route");
    await beside(page);
    await assertLooks(page, "window-beside");
    await assertAccessible(first, "the window");
    await picture(first, "window-content");
    assert.equal(await first.title(), await content(first).locator("html").evaluate(() => window.parent.document.title));
    await turnPage(content(first));
    await turnPage(content(first));
    await heading(content(first), "Être vu");
    // Never two windows: the button brings this one forward.
    await page.getByRole("button", { name: "Revenir à l’activité" }).click();
    assert.equal(windows(page).length, 1);

    // Closing the window is leaving the content; what it said last is not in the page's hands.
    await first.close();
    await page.getByText("L’activité est fermée.").waitFor();
    await saved(page);
    await assertLooks(page, "window-closed");
    const second = await openBy(page, "Reprendre");
    await heading(content(second), "Être vu");
    for (let step = 0; step < 3; step++) await turnPage(content(second));
    await answer(content(second), { wrong: ["place"] });
    await saved(page);
    await second.close();
    await page.getByText("Activité terminée").waitFor();
    await page.locator("#player-back").click();
    await page.waitForURL((url) => !url.pathname.startsWith("/player/"));
    await assertDone(page, course);
    assert.match(await page.getByRole("main").innerText(), /80\s*%/, "the score is told");
  });

  journey("a SCORM 2004 course goes on from activity to activity in one window", async (site) => {
    const course = await inWindow(site, "scorm2004-pretest-posttest");
    const page = await site.signedIn(await learner(site));
    await start(page, course);
    const own = await openBy(page, "Ouvrir l’activité");
    await heading(content(own), "Ce que vous savez déjà");
    await answer(content(own), { wrong: ["avant-ascenseur", "avant-tension"] });
    await saved(page);
    await page.getByRole("button", { name: "Suivant" }).click();
    await heading(content(own), "Évacuer");
    await beside(page);
    await page.locator("#player-outline").getByRole("link", { name: /Utiliser un extincteur/ }).click();
    await heading(content(own), "Utiliser un extincteur");
    assert.equal(windows(page).length, 1, "one window for all of it");
    await turnPage(content(own));
    await beside(page);
    await saved(page);
    const closed = own.waitForEvent("close");
    await page.getByRole("button", { name: "Terminer", exact: true }).click();
    await closed;
    await page.waitForURL((url) => !url.pathname.startsWith("/player/"));
  });

  journey("closing, leaving or losing the player page loses nothing, and the window goes with it", async (site) => {
    const course = await inWindow(site, "scorm12-two-scos");
    const page = await site.signedIn(await learner(site));
    await start(page, course);
    const address = page.url();
    const own = await openBy(page, "Ouvrir l’activité");
    await heading(content(own), "L’essentiel du RGPD");
    await turnPage(content(own));
    const place = await content(own).getByRole("heading", { level: 1 }).innerText();
    await saved(page);
    // Loaded again, the page takes its window back and the content goes on in it.
    await page.reload();
    await beside(page);
    await heading(content(own), place);
    assert.equal(windows(page).length, 1);
    // The window loaded again is the content loaded again.
    await own.reload();
    await heading(content(own), place);
    await beside(page);
    await turnPage(content(own));
    const later = await content(own).getByRole("heading", { level: 1 }).innerText();
    assert.notEqual(later, place);
    // Not waited for what is being saved: the page is closed right away.
    const other = await page.context().newPage();
    const closed = own.waitForEvent("close");
    await page.close({ runBeforeUnload: true });
    await closed;
    await other.goto(address);
    const again = await openBy(other, "Ouvrir l’activité");
    await heading(content(again), later);

    // A second page of the same course takes over; the window that plays is told.
    const third = await other.context().newPage();
    await third.goto(address);
    const theirs = await openBy(third, "Ouvrir l’activité");
    await heading(content(theirs), later);
    await turnPage(content(again));
    await other.locator('#player-state[data-state="readonly"]').waitFor();
    await again.getByText("Ouvert ailleurs : lecture seule").waitFor();
  });

  journey("a browser that dies with both windows has what was not sent, and sends it when the page is opened", async (site) => {
    const course = await inWindow(site, "scorm12-single");
    const page = await site.signedIn(await site.person("nils", "Nils Faure", "learner"));
    await start(page, course);
    const address = page.url();
    const own = await openBy(page, "Ouvrir l’activité");
    await heading(content(own), "Travailler au bord de la route");
    await saved(page);
    // The server does not answer: only the device can have it.
    await own.route("**/runtime/launches/*/commit", () => {});
    await turnPage(content(own));
    const place = await content(own).getByRole("heading", { level: 1 }).innerText();
    await page.locator('#player-state[data-state="saving"]').waitFor();
    const line = await page.context().newCDPSession(page);
    const crashed = page.waitForEvent("crash");
    line.send("Page.crash").catch(() => {});
    await crashed;
    const other = await page.context().newPage();
    await other.goto(address);
    await other.getByRole("button", { name: "Ouvrir l’activité" }).waitFor();
    await saved(other);
    await heading(content(await openBy(other, "Ouvrir l’activité")), place);
  });

  journey("a cmi5 unit that leaves by itself hands its window to the next", async (site) => {
    const course = await inWindow(site, "cmi5-two-aus");
    const page = await site.signedIn(await learner(site));
    await start(page, course);
    const own = await openBy(page, "Ouvrir l’activité");
    await heading(content(own), "Des mots de passe solides");
    await turnPage(content(own));
    await turnPage(content(own));
    await content(own).locator("[data-end]").click();
    await own.getByText("Activité terminée").waitFor();
    await assertLooks(own, "window-left");
    await own.getByRole("button", { name: "Continuer" }).click();
    await heading(content(own), "Reconnaître un message piégé");
    await beside(page);
    assert.equal(windows(page).length, 1);
  });

  journey("a browser that opens no window at all plays the course on the page", async (site) => {
    const course = await inWindow(site, "scorm2004-simple");
    const page = await site.signedIn(await site.person("nour", "Nour Petit", "learner"));
    await page.addInitScript(() => { window.open = () => null; });
    await start(page, course);
    await page.getByRole("button", { name: "Ouvrir l’activité" }).click();
    await page.getByText(/Le navigateur a bloqué l’ouverture/).waitFor();
    await assertLooks(page, "window-refused");
    await page.getByRole("button", { name: "Ouvrir dans cette page" }).click();
    await heading(content(page), "Prendre soin de son dos");
    await turnPage(content(page));
    await saved(page);
  });

  journey("content in its window has no handle on the player page", async (site) => {
    const course = await inWindow(site, "isolation-probe");
    const page = await site.signedIn(await learner(site));
    await start(page, course);
    const address = page.url();
    const own = await openBy(page, "Ouvrir l’activité");
    await content(own).locator('[data-probe="done"]', { hasText: "Terminé" }).waitFor();
    await beside(page);
    const inner = own.frames().find((frame) => frame.url().includes("/c/"));
    // As somebody who is clicking in it: browsers let content do more then.
    await content(own).locator("body").click();
    const found = await inner.evaluate(async () => {
      const evil = `${location.origin}/frame/left`;
      const said = {};
      const attempt = (name, act) => {
        try {
          said[name] = String(act());
        } catch (refusal) {
          said[name] = `refused: ${refusal.name}`;
        }
      };
      // What is read is not made words of: a window of another origin would refuse that, and be one all the same.
      const handle = (of) => (of === null ? "none" : "a handle");
      attempt("opener", () => handle(window.opener));
      attempt("parent's opener", () => handle(window.parent.opener));
      attempt("top's opener", () => handle(window.top.opener));
      attempt("the getter's opener", () => handle(Object.getOwnPropertyDescriptor(window, "opener").get.call(window.parent)));
      for (const [name, from] of [["opener", () => window.opener], ["top's opener", () => window.top.opener], ["parent's opener", () => window.parent.opener]]) {
        attempt(`navigation by ${name}`, () => { from().location.href = evil; return "done"; });
      }
      // Whoever speaks to the frame: is it the player page?
      said.sources = [];
      window.parent.addEventListener("message", (event) => {
        said.sources.push(event.source === window.top ? "the window" : event.source === null ? "none" : "another");
        if (event.source && event.source !== window.top) event.source.location = evil;
      });
      await new Promise((resolve) => setTimeout(resolve, 200));
      return said;
    });
    for (const name of ["opener", "parent's opener", "top's opener", "the getter's opener"]) {
      assert.equal(found[name], "none", name);
    }
    for (const name of ["opener", "top's opener", "parent's opener"]) assert.match(found[`navigation by ${name}`], /^refused/);
    // The names of windows lead to nothing of the application's either.
    const named = await inner.evaluate((name) => {
      const one = window.open("", name);
      const found = one === null ? "none" : one === window.top ? "its own window" : one.opener === window ? "a new one" : "another";
      if (found === "a new one") one.close();
      return found;
    }, `preau-${new URL(address).pathname.split("/")[2]}`);
    assert.notEqual(named, "another");
    await page.getByRole("button", { name: "Terminer", exact: true }).click();
    await page.waitForURL((url) => !url.pathname.startsWith("/player/"));
    assert.ok(!page.url().includes("/frame/left") && new URL(page.url()).origin === site.server.origin, `${address} → ${page.url()}`);
  });
}, { without: ["--disable-popup-blocking"] });
