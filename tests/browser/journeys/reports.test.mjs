/** Reports: human resources by keyboard, a manager on a phone, a learner for themselves. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { assertLooks, PHONE } from "../support/browser.mjs";
import { answer, content, heading, learner, leave, offer, offerProgramme, trainer, turnPage } from "../support/acts.mjs";
import { onEachDatabase } from "../support/journey.mjs";

const ROUTES = "Département/Direction des routes/Service entretien";
const SOCIAL = "Département/Direction des solidarités";
const hr = (site) => site.person("helene", "Hélène Faure", "hr");
const zoe = (site) => site.person("zoe", "Zoé Lambert", "learner", ROUTES);

/** Goes on with the Tab key until the focus is on `target`. */
async function tabTo(page, target) {
  await target.waitFor();
  for (let presses = 0; presses < 150; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`the Tab key never came to ${target}`);
}

async function press(page, target) {
  await tabTo(page, target);
  await page.keyboard.press("Enter");
}

/** The number of a figure. */
const figure = (page, label) => page.getByRole("link", { name: new RegExp(`^${label} `) }).locator(".figure-number").innerText();

/** What a link offers, as a file. */
async function download(page, act) {
  const [file] = await Promise.all([page.waitForEvent("download"), act()]);
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

/** Three people follow a programme whose date has passed: Camille has done it, Zoé has begun, Hugo has not. */
async function follow(site) {
  await offer(site, "scorm2004-simple");
  const people = [await learner(site), await zoe(site), await site.person("hugo", "Hugo Perrin", "learner", SOCIAL)];
  const desk = await site.signedIn(await trainer(site));
  const address = await offerProgramme(desk, "Prise de poste", ["Gestes et postures"]);
  for (const { name } of people) {
    await desk.goto(`${address}/people`);
    await desk.getByRole("combobox", { name: "Une personne" }).pressSequentially(name);
    await desk.getByRole("option", { name: new RegExp(name) }).waitFor();
    await desk.keyboard.press("ArrowDown");
    await desk.keyboard.press("Enter");
    await desk.locator("#f-due").fill("2026-01-31");
    await desk.getByRole("button", { name: "Inscrire", exact: true }).click();
    await desk.getByText("1 personne inscrite.").waitFor();
  }
  for (const [place, person] of people.slice(0, 2).entries()) {
    const page = await site.signedIn(person);
    await page.goto("/");
    await page.locator(".resume").first().click();
    await page.waitForURL(/\/player\//);
    const frame = content(page);
    await turnPage(frame);
    await heading(frame, "Soulever une charge");
    if (place === 0) {
      await turnPage(frame);
      await turnPage(frame);
      await answer(frame);
    }
    // The way back waits until everything is kept.
    await leave(page);
    await page.context().close();
  }
}

onEachDatabase("Reports", (journey) => {
  journey("a report without anybody says so", async (site) => {
    const page = await site.signedIn(await hr(site));
    await page.goto("/reports");
    await page.getByText("Aucune inscription").waitFor();
    await assertLooks(page, "reports-empty");
  });

  journey("human resources filter by keyboard alone, and the address keeps what they chose", async (site) => {
    await follow(site);
    const page = await site.signedIn(await hr(site));
    await page.goto("/reports");
    assert.deepEqual([await figure(page, "Inscrits"), await figure(page, "Terminés"), await figure(page, "En retard")], ["3", "1", "2"]);
    await assertLooks(page, "reports");

    // The filters are chosen in the form; the address then holds them, through a reload and the back button.
    const [period, unit] = [page.getByLabel("Période"), page.getByLabel("Service", { exact: true })];
    await tabTo(page, period);
    await page.keyboard.type("Cette année");
    await tabTo(page, unit);
    await page.keyboard.type("Direction des sol");
    await press(page, page.getByRole("button", { name: "Afficher" }));
    await page.waitForURL(/period=year.*unit=/);
    assert.equal(await figure(page, "Inscrits"), "1");
    const filtered = page.url();
    await page.reload();
    assert.equal(await period.inputValue(), "year");
    await page.goBack();
    assert.equal(await figure(page, "Inscrits"), "3");
    assert.deepEqual([await period.inputValue(), await unit.inputValue()], ["12-months", ""], "the form says what the page shows");
    await page.goForward();
    assert.equal(page.url(), filtered);
    assert.equal(await figure(page, "Inscrits"), "1");

    // Exact days are asked for where they are chosen, and not before.
    assert.ok(await page.getByLabel("Du", { exact: true }).isHidden());
    await tabTo(page, period);
    await page.keyboard.type("Dates");
    await page.getByLabel("Du", { exact: true }).fill("2026-01-01");
    await page.getByLabel("Au", { exact: true }).fill("2026-03-31");
    await press(page, page.getByRole("button", { name: "Afficher" }));
    await page.waitForURL(/from=2026-01-01&to=2026-03-31/);
    await page.getByText("Aucune inscription").waitFor();
    await assertLooks(page, "reports-dates");

  });

  journey("human resources open a figure, its files and its proof by keyboard alone", async (site) => {
    const page = await site.signedIn(await hr(site));
    await page.goto("/reports?period=year");
    await press(page, page.getByRole("link", { name: /^Inscrits / }));
    await page.waitForURL(/\/reports\/enrolments\?period=year/);
    await page.getByRole("heading", { name: "3 inscriptions" }).waitFor();
    await assertLooks(page, "reports-list");

    // The links say how many rows the files hold, and they hold them.
    const csv = page.getByRole("link", { name: "3 lignes, CSV" });
    await tabTo(page, csv);
    const table = await download(page, () => page.keyboard.press("Enter"));
    assert.match(table.name, /^inscriptions_cette-annee_.*\.csv$/);
    const rows = table.bytes.toString("utf8").trimEnd().split("\r\n");
    assert.equal(rows.length, 4);
    assert.deepEqual(rows.slice(1).map((row) => row.split(";")[3]), ["Terminé", "À faire", "En cours"]);
    const book = await download(page, () => page.getByRole("link", { name: "3 lignes, Excel" }).press("Enter"));
    assert.match(book.name, /\.xlsx$/);
    assert.equal(book.bytes.subarray(0, 2).toString(), "PK");

    // A row opens what stands behind it, down to the statements.
    await press(page, page.getByRole("link", { name: /Camille Leroy/ }));
    await page.waitForURL(/\/reports\/enrolments\/[0-9a-f-]{36}\?period=year$/);
    await assertLooks(page, "reports-enrolment");
    await press(page, page.getByRole("link", { name: /Ce qui a été enregistré/ }));
    await page.waitForURL(/\/reports\/registrations\//);
    await page.getByText(/Camille Leroy a (réussi|terminé)/).first().waitFor();
    await assertLooks(page, "reports-registration");
    await press(page, page.getByRole("link", { name: "Toutes les traces" }));
    await page.waitForURL(/\/admin\/statements\?registration=/);
    await page.getByText(/Camille Leroy/).first().waitFor();
  });

  journey("a manager reads about the own unit on a phone, and about no other", async (site) => {
    const desk = await site.signedIn(await hr(site));
    await desk.goto("/reports");
    const other = await desk.locator("#f-unit option", { hasText: "solidarités" }).getAttribute("value");
    const proof = async (name) => {
      await desk.goto("/reports/enrolments");
      return (await desk.getByRole("link", { name }).getAttribute("href")).split("?")[0];
    };
    const [own, foreign] = [await proof(/Zoé Lambert/), await proof(/Hugo Perrin/)];

    const marc = await site.person("marc", "Marc Delattre", "manager", "Département/Direction des routes");
    const page = await site.signedIn(marc, { viewport: PHONE, hasTouch: true, isMobile: true });
    await page.goto("/reports");
    assert.equal(await figure(page, "Inscrits"), "1");
    const units = await page.locator("#f-unit option").allInnerTexts();
    assert.deepEqual(units.map((name) => name.trim()), ["Tous les services", "Direction des routes", "Service entretien"]);
    await assertLooks(page, "reports-manager");
    await page.locator("a.figure").first().tap();
    await page.waitForURL(/\/reports\/enrolments/);
    await page.getByRole("link", { name: /Zoé Lambert/ }).tap();
    await page.waitForURL((url) => url.pathname === own);
    assert.equal(await page.getByRole("link", { name: "Toutes les traces" }).count(), 0);
    await assertLooks(page, "reports-enrolment-manager");

    for (const path of [`/reports?unit=${other}`, `/reports/enrolments?unit=${other}`, `/reports/enrolments.csv?unit=${other}`, foreign]) {
      const refused = await page.goto(path);
      assert.equal(refused.status(), 404, path);
      assert.doesNotMatch(await page.locator("body").innerText(), /Hugo|solidarités/);
    }
    await assertLooks(page, "reports-refused");
  });

  journey("a learner opens the own record and takes it along", async (site) => {
    const page = await site.signedIn(await zoe(site), { viewport: PHONE });
    await page.goto("/me");
    await page.getByRole("link", { name: /Mon parcours/ }).click();
    await page.waitForURL(/\/me\/record$/);
    await page.getByRole("link", { name: "Prise de poste" }).waitFor();
    await assertLooks(page, "me-record");
    const book = await download(page, () => page.getByRole("link", { name: /Excel/ }).click());
    assert.match(book.name, /zoe-lambert.*\.xlsx$/);
    assert.equal((await page.goto("/reports")).status(), 403);

    const newcomer = await site.signedIn(await site.person("lou", "Lou Girard", "learner"));
    await newcomer.goto("/me/record");
    await newcomer.getByText("Vous n’avez encore rien suivi").waitFor();
    await assertLooks(newcomer, "me-record-empty");
  });
});
