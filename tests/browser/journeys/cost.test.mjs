/**
 * What a call of the run-time costs the content: nothing is asked of the network, so a few microseconds. The limit is that of the
 * project, ten times and more what a slow machine takes; half the calls may be slower without being noticed here.
 */
import assert from "node:assert/strict";
import { content, learner, offer, saved, start } from "../support/acts.mjs";
import { onEachDatabase } from "../support/journey.mjs";

const LIMIT = 50;

const SILENT = "<!doctype html><html lang=fr><meta charset=utf-8><title>Page</title><h1>Une page qui se tait</h1>";

/** Times calls where the script of the content would run; microseconds of the median and of one in a hundred. In the browser. */
function measure() {
  let found = window;
  while (!found.API && !found.API_1484_11) found = found.parent;
  const is12 = found.API !== undefined;
  const api = found.API ?? found.API_1484_11;
  const call = (name) => api[is12 ? `LMS${name}` : name].bind(api);
  const [initialize, get, set, commit] = ["Initialize", "GetValue", "SetValue", "Commit"].map(call);
  initialize("");
  // The clock of a browser has steps: many calls make one time.
  const time = (made) => {
    const each = [];
    for (let round = 0; round < 100; round++) {
      const begun = performance.now();
      for (let n = 0; n < 100; n++) made(round * 100 + n);
      each.push(((performance.now() - begun) / 100) * 1000);
    }
    each.sort((a, b) => a - b);
    return [each[50], each[99]];
  };
  const place = is12 ? "cmi.core.lesson_location" : "cmi.location";
  const answer = is12 ? "student_response" : "learner_response";
  const long = "x".repeat(4_000);
  const all = (among) => [
    [`GetValue${among}`, time(() => get(place))],
    [`SetValue${among}`, time((n) => set(place, `page-${n}`))],
    [`SetValue of 4 kB${among}`, time((n) => set("cmi.suspend_data", n + long))],
    [`Commit${among}`, time(() => commit(""))],
    [`SetValue and Commit${among}`, time((n) => { set(place, `p${n}`); commit(""); })],
  ];
  const costs = all("");
  for (let n = 0; n < 100; n++) {
    const told = { id: `q${n}`, type: "choice", [answer]: "a", result: is12 ? "wrong" : "incorrect" };
    for (const [name, value] of Object.entries(told)) {
      if (set(`cmi.interactions.${n}.${name}`, value) !== "true") throw new Error(`${name} is refused`);
    }
  }
  costs.push(...all(", 100 answers"));
  costs.push(["SetValue of an answer, 100 answers", time((n) => set(`cmi.interactions.${n % 100}.${answer}`, n % 2 ? "b" : "c"))]);
  return costs;
}

onEachDatabase("What a call costs", (journey) => {
  for (const [name, version] of [["scorm12-single", "SCORM 1.2"], ["scorm2004-simple", "SCORM 2004"]]) {
    journey(`in ${version} no call waits for the network`, async (site) => {
      const course = await offer(site, name);
      const page = await site.signedIn(await learner(site));
      await page.context().route(`${site.server.content}/c/**`, (route) => route.fulfill({ contentType: "text/html", body: SILENT }));
      await start(page, course);
      await content(page).getByRole("heading", { name: "Une page qui se tait" }).waitFor();
      const frame = page.frames().find((frame) => frame.url().startsWith(`${site.server.content}/c/`));
      const costs = await frame.evaluate(measure);
      console.log([`${version}: median and 99 % in µs`, ...costs.map(([call, [median, most]]) =>
        `${call.padEnd(40)}${median.toFixed(1).padStart(8)}${most.toFixed(1).padStart(8)}`)].join("\n"));
      const slow = costs.filter(([, [median]]) => median >= LIMIT);
      assert.deepEqual(slow, [], `under ${LIMIT} µs`);
      await saved(page);
    });
  }
}, { databases: ["sqlite"] });
