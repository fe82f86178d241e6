/** Isolation: what hostile content gets of the application, in a real Chromium: nothing. */
import assert from "node:assert/strict";
import { content, heading, learner, offer, saved, start } from "../support/acts.mjs";
import { onEachDatabase } from "../support/journey.mjs";

onEachDatabase("Isolation", (journey) => {
  journey("package code reads neither the application's cookies nor its pages nor its API", async (site) => {
    const course = await offer(site, "isolation-probe");
    const page = await site.signedIn(await learner(site));
    await start(page, course);
    const frame = content(page);
    await frame.locator('[data-probe="done"]', { hasText: "Terminé" }).waitFor();
    const told = await frame.locator("[data-probe]").evaluateAll((outputs) => Object.fromEntries(outputs.map((output) => [output.dataset.probe, output.textContent])));
    assert.equal(told.application, site.server.origin, "the probe aimed at the application");
    for (const target of ["cookies", "top", "grandparent", "storage", "api", "home", "write", "service-worker"]) {
      assert.match(told[target], /^refused/, `${target}: ${told[target]}`);
    }
    await saved(page);
    const cookies = await page.context().cookies();
    assert.ok(cookies.length > 0, "the learner has a session cookie");
    for (const cookie of cookies) {
      assert.equal(cookie.domain, "preau.localhost", `${cookie.name} belongs to the application's host alone`);
    }
    // The write that the probe attempted with the learner's cookies changed nothing.
    await page.goto("/");
    assert.equal(await page.locator("html").getAttribute("lang"), "fr");
  });

  journey("the content origin knows no login, and the application serves no package file", async (site) => {
    const course = await offer(site, "scorm12-single");
    const page = await site.signedIn(await learner(site));
    await start(page, course);
    await heading(content(page), "Travailler au bord de la route");
    const address = await content(page).locator("html").evaluate(() => window.location.href);
    assert.ok(address.startsWith(`${site.server.content}/c/`), `content comes from the content origin: ${address}`);
    const there = await page.goto(`${site.server.content}/catalogue`);
    assert.equal(there.status(), 404, "the content origin has no pages");
    const here = await page.goto(address.replace(site.server.content, site.server.origin));
    assert.equal(here.status(), 404, "the application origin has no package files");
  });
});
