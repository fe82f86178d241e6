/**
 * A sample of the conformance cases of SCORM 2004 through the real player: their packages are imported, the learner plays them, and
 * what the content is answered and what the screen offers is what the cases say. All of them, without a browser, are run by
 * `cargo test scorm_cases`.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { it } from "node:test";
import { offer } from "../support/acts.mjs";
import { caseOf, casesFolder, faultsOf, makeCalls, packageOf, plain, sampleOf } from "../support/cases.mjs";
import { onEachDatabase } from "../support/journey.mjs";

/** A case under way: one learner in one course. */
class Play {
  #faults = [];

  constructor(site, page, course) {
    this.site = site;
    this.page = page;
    this.course = course;
  }

  /** The learner plays the course as its case says. Gives what was wrong. */
  async run(script) {
    await this.#begin(script.start.nav);
    for (const [place, visit] of script.visits.entries()) {
      await this.#visit(visit, `visit ${place + 1}`);
      if (this.#faults.some((fault) => fault.isWrongDelivery)) break;
    }
    return this.#faults.map((fault) => fault.text);
  }

  #fault(text, isWrongDelivery = false) {
    this.#faults.push({ text, isWrongDelivery });
  }

  /** Opens the course on its page, by its first button or by one of its steps. */
  async #begin(nav) {
    const { page } = this;
    await page.goto(`/courses/${this.course.id}`);
    const [, item] = nav.split("choice:");
    const { title } = this.course.activities.find((activity) => plain(activity.identifier) === item) ?? {};
    // A link where the record is, a button that begins one where there is none.
    if (title) await page.locator("li.task a, li.task button").and(page.getByText(title, { exact: true })).click();
    else await page.locator(".resume, a.button", { hasText: /Commencer|Reprendre|Revoir/ }).first().click();
  }

  async #visit(visit, where) {
    const { page } = this;
    const opened = await this.#opened(visit.activity);
    if (opened !== visit.activity) {
      this.#fault(`${where}: ${opened} is delivered instead of ${visit.activity}`, true);
      return;
    }
    const frame = await this.#content();
    const launched = decodeURIComponent(frame.url());
    if (!launched.endsWith(`/${visit.launch}`)) this.#fault(`${where}: ${launched} is launched instead of ${visit.launch}`);
    for (const question of visit.ui) {
      if ((await this.#isSo(question)) !== question.expect) this.#fault(`${where}: ${question.question} Not ${question.expect}`);
    }
    // What comes next is another document, also where it is the same activity.
    await page.evaluate(() => { window.isOver = true; });
    if (visit.content === "sco") {
      const { version, answers } = await frame.evaluate(makeCalls, { calls: visit.calls, unload: visit.unload });
      assert.match(version, /^1\.0(\.|$)/);
      for (const [place, call] of visit.calls.entries()) {
        for (const fault of faultsOf(call, answers[place])) this.#fault(`${where}: ${fault}`);
      }
    }
    await this.#step(visit);
  }

  /** What leads to the next visit, or out of the course. */
  async #step({ contentRequest, then: { nav, by, before, choose } }) {
    if (nav === "relaunch") {
      if (before) await this.#ask(before);
      else if (contentRequest === null) await this.#leave();
      await this.#out();
      await this.#begin(choose ? `choice:${choose}` : "start");
    } else if (by === "learner") {
      // Nothing follows by itself: the player says so before anything can be chosen.
      if (contentRequest === "abandon") await this.page.locator('#player[data-phase="ended"] .player-panel').waitFor();
      await this.#ask(nav);
    }
  }

  /** The learner asks for something on the screen. */
  async #ask(nav) {
    if (nav === "exitAll") await this.#leave();
    else if (nav.startsWith("choice:")) await this.#entry(nav.slice("choice:".length)).click();
    else await this.page.locator(nav === "previous" ? "#player-previous" : "#player-next").click();
  }

  async #leave() {
    await this.page.locator("#player-back").click();
    await this.#out();
  }

  /** Where what was asked for leads out of the course by itself. */
  async #out() {
    await this.page.waitForURL((url) => !url.pathname.startsWith("/player/"));
  }

  /** The activity that is open now, when it is another document than the one before. */
  async #opened(expected) {
    const { page } = this;
    const running = () => window.isOver === undefined && document.getElementById("player")?.dataset.phase === "running";
    const isThere = await page.waitForFunction(running).then(() => true, () => false);
    if (!isThere) return `nothing (${page.url()}, ${await page.locator(".player-panel, .player-notice, h1").allInnerTexts()})`;
    const config = await page.evaluate(() => JSON.parse(document.getElementById("player-config").textContent));
    this.outline = [{ ...config.course, index: "course" }, ...config.outline];
    const index = Number(new URL(page.url()).pathname.split("/").at(-1));
    return plain(this.outline.find((entry) => entry.index === index)?.identifier ?? expected);
  }

  async #content() {
    const isContent = (frame) => frame.url().startsWith(`${this.site.server.content}/c/`);
    await this.page.frameLocator("#player-frame").frameLocator("iframe").locator("h1").waitFor();
    return this.page.frames().find(isContent);
  }

  #entry(identifier) {
    const index = this.outline.find((entry) => plain(entry.identifier) === identifier)?.index ?? "none";
    return this.page.locator(`#player-outline .player-item-link[data-index="${index}"]`);
  }

  /** A question about the controls, answered by looking at them. */
  async #isSo({ about, is, item }) {
    const open = ':visible:not(:disabled, [aria-disabled="true"])';
    const can = async (control) => (await control.isVisible()) && (await control.isEnabled());
    if (about !== "toc") {
      const isEnabled = await can(this.page.locator(about === "continue" ? "#player-next" : "#player-previous"));
      return isEnabled === (is === "enabled");
    }
    if (item === null) {
      const others = await this.page.locator(`#player-outline .player-item-link[data-index]${open}:not([aria-current], [data-index="course"])`).count();
      return others > 0 === (is === "enabled");
    }
    if (is === "visible") return this.outline.some((entry) => plain(entry.identifier) === item);
    return (await this.#entry(item).and(this.page.locator(open)).count()) > 0;
  }
}

const folder = casesFolder();
if (folder === undefined) it("Conformance cases of SCORM", { skip: "SCORM_CASES names no folder, and none lies beside the project" }, () => {});
else {
  onEachDatabase("Conformance cases of SCORM", (journey) => {
    for (const name of sampleOf(folder)) {
      journey(name, async (site) => {
        const script = caseOf(folder, name);
        const page = await site.signedIn(await site.person(name.toLowerCase(), `${name} Petit`, "learner"));
        let faults = [];
        // What a case before it gets wrong is told where that case itself is run.
        for (const one of [...script.requires, name]) {
          const course = await offer(site, one, packageOf(folder, one, join(site.server.folder, `${one}.zip`)));
          faults = await new Play(site, page, course).run(caseOf(folder, one));
        }
        assert.deepEqual(faults, []);
        await page.waitForURL((url) => !url.pathname.startsWith("/player/"));
      });
    }
  }, { databases: ["sqlite"] });
}
