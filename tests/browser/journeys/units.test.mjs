/** Units: content over @xapi/cmi5 and tincanjs, in every launch mode and every window; what it may not say, it does not get to say. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";
import { answer, content, fileOf, heading, heardOut, intranet, learner, leave, offer, start, trainer, turnPage, until } from "../support/acts.mjs";
import { assertLooks } from "../support/browser.mjs";
import { onEachDatabase } from "../support/journey.mjs";

const MODES = ["normal", "browse", "review"];

/** The sample with another launchMethod. */
async function offerAlone(site) {
  const folder = mkdtempSync(join(tmpdir(), "preau-unit-"));
  try {
    const files = unzipSync(readFileSync(fileOf("cmi5-one-au")));
    const text = strFromU8(files["cmi5.xml"]).replaceAll("AnyWindow", "OwnWindow").replaceAll("ecrire-simplement", "ecrire-seul");
    const file = join(folder, "alone.zip");
    writeFileSync(file, zipSync({ ...files, "cmi5.xml": strToU8(text) }));
    return await offer(site, "cmi5-alone", file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The trainer decides where the content of the course opens. */
async function place(site, course, name, look) {
  const desk = await site.signedIn(await trainer(site));
  await desk.goto(`/trainer/courses/${course.id}/playing`);
  await desk.getByRole("radio", { name }).check();
  if (look) await assertLooks(desk, look);
  await desk.getByRole("button", { name: "Enregistrer" }).click();
  await desk.getByText(/sont réglés/).first().waitFor();
  await desk.context().close();
}

/** What the content of these pages asks of the record store, with what it is answered. */
function listen(context, site) {
  const heard = { refused: [], modes: [] };
  context.on("response", async (response) => {
    const { pathname, searchParams, origin } = new URL(response.url());
    if (origin !== site.server.content || !pathname.startsWith("/xapi/")) return;
    // 404: nothing was kept yet.
    if (response.status() >= 400 && !(response.status() === 404 && response.request().method() === "GET")) {
      heard.refused.push(`${response.request().method()} ${pathname} ${response.status()} ${await response.text().catch(() => "")}`);
    }
    if (searchParams.get("stateId") === "LMS.LaunchData" && response.ok()) {
      const { launchMode, launchMethod, moveOn, masteryScore } = await response.json();
      heard.modes.push({ launchMode, launchMethod, moveOn, masteryScore });
    }
  });
  return heard;
}

/** Opens what the player offers to open: the content in whatever window, as a frame to read in. */
const WINDOWS = {
  page: async (page) => ({ read: content(page), close: async () => {} }),
  window: async (page) => {
    const own = await opened(page, page.getByRole("button", { name: "Ouvrir l’activité", exact: true }));
    return { read: content(own), close: () => own.close() };
  },
  alone: async (page) => {
    const own = await opened(page, page.getByRole("link", { name: "Ouvrir l’activité", exact: true }));
    return { read: own, close: () => own.close() };
  },
};

async function opened(page, control) {
  const opening = page.waitForEvent("popup");
  await control.click();
  return opening;
}

onEachDatabase("Units", (journey) => {
  for (const [where, open] of Object.entries(WINDOWS)) {
    journey(`a cmi5 unit in every mode (${where})`, async (site) => {
      const course = where === "alone" ? await offerAlone(site) : await offer(site, "cmi5-one-au");
      if (where !== "alone") await place(site, course, where === "window" ? /Dans une fenêtre à part/ : /Dans la page/);
      const ask = await intranet(site);
      const { index } = course.activities.find((activity) => activity.launchable);
      for (const mode of MODES) {
        const actor = { name: `Jo ${mode}`, account: { homePage: "https://intranet.exemple.fr", name: `${where}-${mode}` } };
        const launch = await ask("/launches", { course: course.id, activity: index, actor, mode });
        const page = await site.visitor();
        const heard = listen(page.context(), site);
        await page.goto(launch.url);
        const { read, close } = await open(page);
        await heading(read, "Un courrier clair");
        for (let step = 0; step < 3; step++) await turnPage(read);
        await answer(read);
        const told = () => ask(`/registrations/${launch.registration}`);
        if (mode === "normal") {
          // Statements go out one after the other while the learner reads on.
          await until(async () => (await told()).completion === "completed");
          // By the unit's own way out the session is terminated.
          const ended = page.context().waitForEvent("response", (response) =>
            response.request().method() !== "GET" && /terminated/.test(response.request().postData() ?? ""));
          await read.getByRole("button", { name: "Terminer" }).click();
          assert.ok((await ended).ok(), "terminated is taken");
        }
        await close();
        const kept = await told();
        assert.deepEqual(heard.refused, [], `${mode}: everything the unit said was right`);
        const launchMode = { normal: "Normal", browse: "Browse", review: "Review" }[mode];
        const launchMethod = where === "alone" ? "OwnWindow" : "AnyWindow";
        assert.deepEqual(heard.modes[0], { launchMode, launchMethod, moveOn: "CompletedOrPassed", masteryScore: 0.66 });
        assert.equal(kept.completion, mode === "normal" ? "completed" : "not attempted", JSON.stringify(kept));
        if (mode === "normal") assert.equal(kept.success, "passed");
        await page.context().close();
      }
    });
  }

  for (const where of ["page", "window"]) {
    journey(`an xAPI package in every mode (${where})`, async (site) => {
      const course = await offer(site, "tincan-accueil");
      await place(site, course, where === "window" ? /Dans une fenêtre à part/ : /Dans la page/);
      const ask = await intranet(site);
      for (const mode of MODES) {
        const actor = { name: `Al ${mode}`, account: { homePage: "https://intranet.exemple.fr", name: `t-${where}-${mode}` } };
        const launch = await ask("/launches", { course: course.id, actor, mode });
        const page = await site.visitor();
        const heard = listen(page.context(), site);
        await page.goto(launch.url);
        const { read, close } = await WINDOWS[where](page);
        await heading(read, /Accueillir/);
        for (let step = 0; step < 3; step++) await turnPage(read);
        await answer(read);
        const told = () => ask(`/registrations/${launch.registration}`);
        if (mode === "normal") await until(async () => (await told()).completion === "completed");
        await close();
        assert.deepEqual(heard.refused, [], `${mode}: everything was taken`);
        const kept = await told();
        assert.equal(kept.completion, mode === "normal" ? "completed" : "not attempted", JSON.stringify(kept));
        await page.context().close();
      }
    });
  }

  journey("a unit says 1,500 things in one session, and the page around it stays at hand", async (site) => {
    const course = await offer(site, "cmi5-two-aus");
    const page = await site.signedIn(await learner(site));
    const heard = listen(page.context(), site);
    // The unit's own words begin the session; the test goes on with what the unit got for it.
    const first = page.waitForResponse((response) => response.request().method() !== "GET" && /initialized/.test(response.request().postData() ?? ""));
    await start(page, course);
    await heading(content(page), "Des mots de passe solides");
    const request = (await first).request();
    const headers = { authorization: request.headers().authorization, "content-type": "application/json", "x-experience-api-version": "1.0.3" };
    const initialized = [JSON.parse(request.postData())].flat()[0];
    const frame = page.frames().find((one) => one.url().includes("activityId="));
    const said = await frame.evaluate(async ({ headers, initialized, count }) => {
      const endpoint = new URLSearchParams(location.search).get("endpoint");
      const { actor, object, context } = initialized;
      // Allowed, not defined: without the category of cmi5.
      const allowed = { ...context, contextActivities: { ...context.contextActivities, category: [] } };
      const times = [];
      const wrong = [];
      for (let n = 0; n < count; n++) {
        const statement = {
          id: crypto.randomUUID?.() ?? `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`,
          actor, context: allowed, timestamp: new Date().toISOString(),
          verb: { id: "http://adlnet.gov/expapi/verbs/interacted", display: { fr: "a manipulé" } },
          object: { ...object, id: `${object.id}/etape-${n}` },
        };
        const began = performance.now();
        const answered = await fetch(`${endpoint}statements`, { method: "POST", headers, body: JSON.stringify(statement) });
        times.push(performance.now() - began);
        if (!answered.ok) wrong.push(`${answered.status} ${await answered.text()}`);
      }
      return { times, wrong };
    }, { headers, initialized, count: 1_500 });
    assert.deepEqual(said.wrong, [], "every one is taken");
    const middle = (times) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)].toFixed(1);
    console.log(`# 1,500 statements: ${middle(said.times.slice(0, 100))} ms each of the first hundred, ${middle(said.times.slice(-100))} ms of the last`);
    await turnPage(content(page));
    await turnPage(content(page));
    await heardOut(page);
    await leave(page);
    assert.deepEqual(heard.refused, [], "the unit itself was not refused anything");
    await page.goto(`/courses/${course.id}`);
    assert.match(await page.getByRole("main").innerText(), /Des mots de passe solides[\s\S]*Terminé/);
  });

  journey("the trainer waives a unit, and what depends on it moves on", async (site) => {
    const course = await offer(site, "cmi5-two-aus");
    const person = await site.person("nora", "Nora Petit", "learner");
    const page = await site.signedIn(person);
    await start(page, course);
    await heading(content(page), "Des mots de passe solides");
    for (let step = 0; step < 2; step++) await turnPage(content(page));
    await heardOut(page);
    await leave(page);

    const desk = await site.signedIn(await trainer(site));
    await desk.goto(`/trainer/courses/${course.id}/learners`);
    await desk.getByRole("link", { name: "Nora Petit" }).click();
    await desk.getByText("Dispenser d’une étape").click();
    await desk.getByLabel("Étape").selectOption({ label: "Reconnaître un message piégé" });
    await desk.getByLabel("Motif").selectOption({ label: "Activité équivalente suivie ailleurs" });
    await assertLooks(desk, "waive");
    await desk.getByRole("button", { name: "Dispenser de cette étape" }).click();
    await desk.getByText("La dispense est enregistrée.").first().waitFor();
    const told = await desk.getByRole("main").innerText();
    assert.match(told, /Dispense\s?: Activité équivalente suivie ailleurs/);
    assert.match(told, /Nora Petit a terminé Des mots de passe solides/, "what a unit only names is told by its title");
    await assertLooks(desk, "waived");

    await page.goto(`/courses/${course.id}`);
    assert.match(await page.locator(".course-meta").first().innerText(), /Terminé|Réussi/, "the course is satisfied");
  });

  journey("the trainer has an xAPI course completed by its opening", async (site) => {
    const course = await offer(site, "tincan-accueil");
    await place(site, course, /Dans la page/);
    await place(site, course, /Dès qu.elle est ouverte/, "playing-completing");
    const page = await site.signedIn(await learner(site));
    await start(page, course);
    await heading(content(page), /Accueillir/);
    await leave(page);
    await page.goto(`/courses/${course.id}`);
    assert.match(await page.locator(".course-meta").first().innerText(), /Terminé/);
    await place(site, course, /Quand le contenu le dit/);
  });
}, { without: ["--disable-popup-blocking"] });
