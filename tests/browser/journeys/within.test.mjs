/** Within its frame: content that would go on in place of the whole page goes on where it is, and what it shows is shown. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";
import { content, heading, inWindow, leave, offer, openBy, saved, start } from "../support/acts.mjs";
import { onEachDatabase } from "../support/journey.mjs";

/** Tells its run-time of each page, and has every way to put the next one in the place of everything. */
const GOES_TO_THE_TOP = `<!doctype html><html lang=fr><meta charset=utf-8><title>Page</title><h1>Page</h1><p id=before></p><output></output>
  <p><a target=_top>Lien</a> <button id=open>Ouvrir</button> <button id=address>Adresse</button> <button id=close>Fermer</button> <button id=frame>Cadre</button> <button id=write>Écrire</button></p>
  EMBEDDED <img src=late.png alt="">
  <script>
  (() => {
    const step = Number(new URLSearchParams(location.search).get("step") ?? 0);
    let found = window;
    while (!found.API && found.parent !== found) found = found.parent;
    const { API } = found;
    if (!API) return;
    if (step === 0) API.LMSInitialize("");
    const before = API.LMSGetValue("cmi.core.lesson_location");
    API.LMSSetValue("cmi.core.lesson_location", String(step));
    API.LMSCommit("");
    document.querySelector("h1").textContent = "Page " + API.LMSGetValue("cmi.core.lesson_location");
    document.getElementById("before").textContent = "Avant : " + before;
    document.querySelector("output").textContent = ["fullscreen", "autoplay", "clipboard-write", "gyroscope", "camera", "microphone", "geolocation"]
      .filter((feature) => document.featurePolicy.allowsFeature(feature)).join(" ");
    const next = location.pathname + "?step=" + (step + 1);
    document.querySelector("a").href = next;
    const on = (id, act) => document.getElementById(id).addEventListener("click", act);
    on("open", () => window.open(next, "_top"));
    on("address", () => { top.location.href = next; });
    on("close", () => top.close());
    on("write", () => {
      const { document: written } = frames[0];
      written.open();
      written.write("<title>Cadre</title><a target=_top href=" + next + ">Écrit</a>");
      written.close();
    });
    on("frame", () => {
      const nested = document.body.appendChild(document.createElement("iframe"));
      nested.title = "Cadre";
      nested.src = "nested.html";
    });
  })();
  </script>`;

const PDF = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]>>endobj
trailer<</Root 1 0 R>>
`;

/** A package of that page, with a frame in it, and with a PDF beside it if asked for. */
function packed(site, name, { pdf = false, embedded = "" } = {}) {
  const items = pdf ? '<item identifier="plan" identifierref="P"><title>Le plan</title></item>' : "";
  const resources = pdf ? '<resource identifier="P" type="webcontent" adlcp:scormtype="asset" href="plan.pdf"/>' : "";
  const files = {
    "imsmanifest.xml": `<?xml version="1.0" encoding="UTF-8"?><manifest identifier="M" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
      xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"><metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
      <organizations default="O"><organization identifier="O"><title>${name}</title>
      <item identifier="page" identifierref="R"><title>La page</title></item>${items}</organization></organizations>
      <resources><resource identifier="R" type="webcontent" adlcp:scormtype="sco" href="index.html"/>${resources}</resources></manifest>`,
    "index.html": GOES_TO_THE_TOP.replace("EMBEDDED", embedded && `<iframe src="${embedded}" title="Cadre"></iframe>`),
    "nested.html": "<!doctype html><title>Cadre</title><a href=end.html>Suite</a> <a href=index.html?step=5 target=_top>Saut</a><img src=late.png>",
    "end.html": "<!doctype html><title>Cadre</title><a href=index.html?step=9 target=_top>Fin</a><img src=late.png>",
    ...(pdf ? { "plan.pdf": PDF } : {}),
  };
  const path = join(site.server.folder, `${name}.zip`);
  const bytes = Object.fromEntries(Object.entries(files).map(([file, text]) => [file, new TextEncoder().encode(text)]));
  writeFileSync(path, zipSync(bytes));
  return path;
}

const goOn = (inside) => async (role, name, page) => {
  await inside.getByRole(role, { name, exact: true }).click();
  await heading(inside, page);
};

/** The viewer of PDFs is a part of the browser with frames of its own. */
const showsPdf = (page) => page.waitForEvent("framenavigated", { predicate: (frame) => frame.url().startsWith("chrome-extension://") });

const person = (site, name) => site.person(name.toLowerCase(), `${name} Morel`, "learner");

onEachDatabase("Within its frame", (journey) => {
  journey("content goes on in its frame before the last picture of a page is there", async (site) => {
    const course = await offer(site, "Image lente", packed(site, "Image lente", { embedded: "nested.html" }));
    const page = await site.signedIn(await person(site, "Lise"));
    await page.route("**/late.png", () => {});
    await page.route("**/nested.html", (route) => setTimeout(() => route.continue().catch(() => {}), 500));
    await start(page, course);
    const player = page.url();
    const step = goOn(content(page));
    const nested = content(page).frameLocator("iframe");
    await heading(content(page), "Page 0");
    await nested.getByRole("link", { name: "Saut" }).click();
    await heading(content(page), "Page 5");
    await step("link", "Lien", "Page 6");
    await step("button", "Ouvrir", "Page 7");
    await nested.getByRole("link", { name: "Suite" }).click();
    await nested.getByRole("link", { name: "Fin" }).click();
    await heading(content(page), "Page 9");
    await nested.getByRole("link", { name: "Suite" }).waitFor();
    await content(page).getByRole("button", { name: "Écrire" }).click();
    await nested.getByRole("link", { name: "Écrit" }).click();
    await heading(content(page), "Page 10");
    await content(page).getByRole("button", { name: "Cadre" }).click();
    const added = content(page).frameLocator("iframe >> nth=1");
    await added.getByRole("link", { name: "Suite" }).click();
    await added.getByRole("link", { name: "Fin" }).click();
    await heading(content(page), "Page 9");
    assert.equal(page.url(), player);
  });

  journey("content that goes on in the place of the page goes on in its frame, and in the frames that it has itself", async (site) => {
    const course = await offer(site, "Vers le haut", packed(site, "Vers le haut"));
    const page = await site.signedIn(await person(site, "Ana"));
    await start(page, course);
    const player = page.url();
    const step = goOn(content(page));
    await heading(content(page), "Page 0");
    assert.equal(await content(page).locator("output").innerText(), "fullscreen autoplay clipboard-write gyroscope");
    await step("link", "Lien", "Page 1");
    await step("button", "Ouvrir", "Page 2");
    const nested = content(page).frameLocator("iframe");
    await content(page).getByRole("button", { name: "Cadre" }).click();
    await nested.getByRole("link", { name: "Suite" }).click();
    await nested.getByRole("link", { name: "Fin" }).click();
    await heading(content(page), "Page 9");
    await content(page).getByRole("button", { name: "Cadre" }).click();
    await nested.getByRole("link", { name: "Suite" }).waitFor();
    await content(page).getByRole("button", { name: "Écrire" }).click();
    await nested.getByRole("link", { name: "Écrit" }).click();
    await heading(content(page), "Page 10");
    assert.equal(page.url(), player);

    // The one way that nobody can take from it: what it said is kept, and the way back leads to it.
    await content(page).getByRole("button", { name: "Adresse" }).click();
    await page.waitForURL((url) => url.origin === site.server.content);
    await page.goBack();
    await content(page).getByText("Avant : 10").waitFor();
    await saved(page);
    await leave(page);
    assert.match(new URL(page.url()).pathname, new RegExp(`^/courses/${course.id}$`));
  });

  journey("in a window of its own it goes on there, ends it if it likes, and the player page stays whatever it does", async (site) => {
    const course = await inWindow(site, "En fenêtre", packed(site, "En fenêtre"));
    const page = await site.signedIn(await person(site, "Basile"));
    await start(page, course);
    const player = page.url();
    const first = await openBy(page, "Ouvrir l’activité");
    const step = goOn(content(first));
    await heading(content(first), "Page 0");
    await step("link", "Lien", "Page 1");
    await step("button", "Ouvrir", "Page 2");
    const closed = first.waitForEvent("close");
    await content(first).getByRole("button", { name: "Fermer" }).click().catch(() => {});
    await closed;
    await saved(page);
    const second = await openBy(page, "Reprendre");
    await content(second).getByText("Avant : 2").waitFor();
    await content(second).getByRole("button", { name: "Adresse" }).click();
    await second.waitForURL((url) => url.origin === site.server.content);
    // Timers of a page in the background are slow.
    await page.bringToFront();
    await page.getByRole("button", { name: "Reprendre", exact: true }).waitFor({ timeout: 45_000 });
    await saved(page);
    assert.equal(page.url(), player);
  });

  journey("a PDF in content and a PDF that is the content are shown, and the page stays all the same", async (site) => {
    const course = await offer(site, "Avec un plan", packed(site, "Avec un plan", { pdf: true, embedded: "plan.pdf" }));
    const page = await site.signedIn(await person(site, "Cyprien"));
    let shown = showsPdf(page);
    await start(page, course);
    const player = page.url();
    const step = goOn(content(page));
    await heading(content(page), "Page 0");
    await shown;
    await step("link", "Lien", "Page 1");
    await step("button", "Ouvrir", "Page 2");
    assert.equal(page.url(), player);
    await saved(page);
    shown = showsPdf(page);
    await page.getByRole("button", { name: "Suivant" }).click();
    await page.waitForURL(/\/1$/);
    await shown;
  });
}, { without: ["--disable-popup-blocking"] });
