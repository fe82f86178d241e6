/** Nothing is lost: what content has told its run-time is there again, however the window, the line or the login ended. */
import assert from "node:assert/strict";
import { content, heading, learner, offer, resume, saved, start } from "../support/acts.mjs";
import { signIn } from "../support/browser.mjs";
import { onEachDatabase } from "../support/journey.mjs";

/** As much as SCORM 2004 promises to keep. */
const LONG = Array.from({ length: 6_400 }, (_, n) => `é${String(n).padStart(8, "0")};`).join("");

/** A page that says nothing by itself, instead of the sample's: what it tells the run-time is what the journey tells. */
const SILENT = "<!doctype html><html lang=fr><meta charset=utf-8><title>Page</title><h1>Une page qui se tait</h1>";

/** The frame of the content, where its script would run. */
async function inside(page) {
  await heading(content(page), "Une page qui se tait");
  return page.frames().find((frame) => frame.url().startsWith("http://content.") && frame.url().includes("/c/"));
}

/** Calls the run-time as the content does, one call after the other, all in one turn. */
const tell = (frame, calls) =>
  frame.evaluate((calls) => {
    let found = window;
    while (found.API_1484_11 === undefined) found = found.parent;
    return calls.map(([name, ...parameters]) => found.API_1484_11[name](...parameters));
  }, calls);

/** What the content reads when it is opened again. */
const values = async (page, names) =>
  (await tell(await inside(page), [["Initialize", ""], ...names.map((name) => ["GetValue", name])])).slice(1);

/** A long suspend data and ten answers, and nothing committed. */
const everything = () => {
  const calls = [["SetValue", "cmi.suspend_data", LONG], ["SetValue", "cmi.location", "page-9"], ["SetValue", "cmi.exit", "suspend"]];
  for (let n = 0; n < 10; n++) {
    calls.push(["SetValue", `cmi.interactions.${n}.id`, `question-${n}`]);
    calls.push(["SetValue", `cmi.interactions.${n}.type`, "fill-in"]);
    calls.push(["SetValue", `cmi.interactions.${n}.learner_response`, `réponse ${n}`]);
    calls.push(["SetValue", `cmi.interactions.${n}.result`, "correct"]);
  }
  return calls;
};

async function assertEverything(page) {
  const [suspended, place, count, last] = await values(page, ["cmi.suspend_data", "cmi.location", "cmi.interactions._count", "cmi.interactions.9.learner_response"]);
  assert.equal(suspended.length, LONG.length);
  assert.ok(suspended === LONG, "every character");
  assert.deepEqual([place, count, last], ["page-9", "10", "réponse 9"]);
}

/** Somebody of their own for each journey, in the course. */
async function inCourse(site, name) {
  const course = await offer(site, "scorm2004-simple");
  const person = await site.person(name.toLowerCase(), `${name} Morel`, "learner");
  const page = await site.signedIn(person);
  await page.context().route(`${site.server.content}/c/**`, (route) => route.fulfill({ contentType: "text/html", body: SILENT }));
  await start(page, course);
  await tell(await inside(page), [["Initialize", ""]]);
  await saved(page);
  return { page, person, course };
}

/** Closes the window as its cross does, and waits until it is gone. */
const close = (page) => Promise.all([page.waitForEvent("close"), page.close({ runBeforeUnload: true })]);

const again = async (page) => {
  const next = await page.context().newPage();
  await resume(next);
  return next;
};

onEachDatabase("Nothing is lost", (journey) => {
  journey("the tab is closed at once after 64,000 characters and ten answers", async (site) => {
    const { page } = await inCourse(site, "Ana");
    assert.ok((await tell(await inside(page), everything())).every((answer) => answer === "true"));
    await close(page);
    await assertEverything(await again(page));
  });

  journey("the learner goes to another page by the address bar", async (site) => {
    const { page } = await inCourse(site, "Basile");
    await tell(await inside(page), everything());
    await page.goto("/catalogue");
    await resume(page);
    await assertEverything(page);
  });

  journey("the renderer crashes after a commit", async (site) => {
    const { page } = await inCourse(site, "Chloé");
    // The server does not answer: only the device can have it.
    await page.route("**/runtime/launches/*/commit", () => {});
    await tell(await inside(page), [...everything(), ["Commit", ""]]);
    const line = await page.context().newCDPSession(page);
    const crashed = page.waitForEvent("crash");
    // Whatever was written in the turn of the commit is on the device a moment later.
    await page.locator('#player-state[data-state="saving"]').waitFor();
    line.send("Page.crash").catch(() => {});
    await crashed;
    await assertEverything(await again(page));
  });

  journey("the line is cut, the learner goes on, and it comes back", async (site) => {
    const { page } = await inCourse(site, "Damien");
    await page.context().setOffline(true);
    await tell(await inside(page), [...everything(), ["Commit", ""]]);
    await page.locator('#player-state[data-state="offline"]').waitFor();
    await tell(await inside(page), [["SetValue", "cmi.location", "page-10"], ["SetValue", "cmi.location", "page-9"], ["Commit", ""]]);
    await page.context().setOffline(false);
    await saved(page);
    await assertEverything(await again(page));
  });

  journey("the line is cut and the window closed; it comes back later", async (site) => {
    const { page } = await inCourse(site, "Elsa");
    await page.context().setOffline(true);
    await tell(await inside(page), everything());
    await close(page);
    await page.context().setOffline(false);
    await assertEverything(await again(page));
  });

  journey("the login ends in the middle of the course", async (site) => {
    const { page, person } = await inCourse(site, "Farid");
    await page.context().clearCookies();
    await tell(await inside(page), [...everything(), ["Commit", ""]]);
    await saved(page);
    await tell(await inside(page), [["Terminate", ""]]);
    const next = await page.context().newPage();
    await signIn(next, person);
    await resume(next);
    await assertEverything(next);
  });

  journey("two tabs: what the second one saves is not undone by the first", async (site) => {
    const { page } = await inCourse(site, "Gaël");
    await tell(await inside(page), [["SetValue", "cmi.location", "page-2"], ["Commit", ""]]);
    await saved(page);
    const second = await again(page);
    await tell(await inside(second), [["Initialize", ""], ...everything()]);
    await tell(await inside(page), [["SetValue", "cmi.location", "page-3"], ["Commit", ""]]);
    await page.locator('#player-state[data-state="readonly"]').waitFor();
    await close(second);
    await close(page);
    await assertEverything(await again(page));
  });
});
