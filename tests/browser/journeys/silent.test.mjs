/** Content as people have it: pages that know no API, and scripts that look for it further up than they should. */
import assert from "node:assert/strict";
import { assertDone, content, heading, leave, offer, saved, start } from "../support/acts.mjs";
import { onEachDatabase } from "../support/journey.mjs";

const page = (script) =>
  `<!doctype html><html lang=fr><meta charset=utf-8><title>Page</title><h1>Une page</h1><script>${script}</script>`;

/** Climbs to the top, expecting to be refused nowhere, and looks for the other standard first; then reads what it may. */
const CLIMBS = page(`
  let highest = window;
  while (highest.parent !== highest) { highest = highest.parent; if (highest.API) break; }
  let found = window;
  while (!found.API_1484_11) found = found.parent;
  const api = found.API_1484_11;
  document.querySelector("h1").textContent = api.Initialize("") + " " + api.GetValue("cmi.mode");
`);

/** Goes on from page to page in ways that lead past its frame, and tells its run-time of each page. */
const GOES_UP = page(`
  const step = Number(new URLSearchParams(location.search).get("step") ?? 0);
  let found = window;
  while (!found.API_1484_11) found = found.parent;
  const api = found.API_1484_11;
  if (step === 0) api.Initialize("");
  api.SetValue("cmi.location", String(step));
  document.querySelector("h1").textContent = "Page " + api.GetValue("cmi.location");
  const next = location.pathname + "?step=" + (step + 1);
  const add = (html) => document.body.insertAdjacentHTML("beforeend", html);
  add('<a target=_parent href="' + next + '">Lien</a><a target=_top href="' + next + '">Lien du haut</a>');
  for (const [name, act] of Object.entries({
    "Adresse": () => { parent.location.href = next; },
    "Remplacer": () => parent.location.replace(next),
    "Ouvrir": () => window.open(next, "_parent"),
  })) {
    const button = Object.assign(document.createElement("button"), { textContent: name, onclick: act });
    document.body.append(button);
  }
`);

async function inCourse(site, name, body) {
  const course = await offer(site, "scorm2004-simple");
  const page = await site.signedIn(await site.person(name.toLowerCase(), `${name} Morel`, "learner"));
  await page.context().route(`${site.server.content}/c/**`, (route) => route.fulfill({ contentType: "text/html", body }));
  await start(page, course);
  return { page, course };
}

onEachDatabase("Content as it is", (journey) => {
  journey("a page that knows no run-time is done when its reader leaves it", async (site) => {
    const { page: reader, course } = await inCourse(site, "Ana", page(""));
    await heading(content(reader), "Une page");
    await leave(reader);
    await assertDone(reader, course);
  });

  journey("a script that climbs to the top finds its run-time all the same", async (site) => {
    const { page: reader } = await inCourse(site, "Basile", CLIMBS);
    await heading(content(reader), "true normal");
    await saved(reader);
    assert.ok(await reader.locator("#player-frame").isVisible());
  });

  journey("content that goes on in the frame around it keeps its run-time", async (site) => {
    const { page: reader, course } = await inCourse(site, "Cyprien", GOES_UP);
    const inside = content(reader);
    await heading(inside, "Page 0");
    const ways = [["link", "Lien"], ["button", "Adresse"], ["button", "Remplacer"], ["button", "Ouvrir"], ["link", "Lien du haut"]];
    for (const [place, [role, name]] of ways.entries()) {
      await inside.getByRole(role, { name, exact: true }).click();
      await heading(inside, `Page ${place + 1}`);
    }
    await saved(reader);
    await leave(reader);
    assert.match(new URL(reader.url()).pathname, new RegExp(`^/courses/${course.id}$`));
  });
});
