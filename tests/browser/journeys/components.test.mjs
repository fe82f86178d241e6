/** The components answer to the keyboard, say what they did, and let it be undone. */
import assert from "node:assert/strict";
import { DESK } from "../support/browser.mjs";
import { onEachDatabase } from "../support/journey.mjs";

onEachDatabase("Components", (journey) => {
  const open = async (site) => {
    const page = await site.visitor({ viewport: DESK, reducedMotion: "reduce" });
    await page.goto("/design");
    await page.locator("html[data-js]").waitFor();
    return page;
  };

  journey("a person is found without accents, by keyboard", async (site) => {
    const page = await open(site);
    const input = page.locator("#f-light-person");
    await input.fill("eric lef");
    await page.getByRole("option", { name: "Éric Lefèvre" }).waitFor();
    await input.press("ArrowDown");
    const active = await input.getAttribute("aria-activedescendant");
    assert.ok(active && (await page.locator(`#${active}`).isVisible()), "the chosen option is announced");
    await input.press("Enter");
    assert.equal(await input.inputValue(), "Éric Lefèvre");
    assert.equal(await input.getAttribute("aria-expanded"), "false");
    await input.fill("zzz");
    await page.getByText("Aucun résultat").first().waitFor();
    await input.press("Escape");
    assert.equal(await input.getAttribute("aria-expanded"), "false");
  });

  journey("arrows move between tabs", async (site) => {
    const page = await open(site);
    await page.locator("#light-tab-a").focus();
    await page.keyboard.press("ArrowRight");
    assert.ok(await page.locator("#light-panel-b").isVisible());
    assert.ok(!(await page.locator("#light-panel-a").isVisible()));
    await page.keyboard.press("End");
    assert.equal(await page.evaluate(() => document.activeElement.id), "light-tab-c");
  });

  journey("a dialog takes the focus, closes on Escape and gives it back", async (site) => {
    const page = await open(site);
    const opener = page.locator('[data-opens="light-dialog"]');
    await opener.press("Enter");
    await page.locator("#light-dialog[open]").waitFor();
    assert.ok(await page.evaluate(() => document.activeElement.closest("#light-dialog") !== null));
    await page.keyboard.press("Escape");
    await page.locator("#light-dialog[open]").waitFor({ state: "detached" });
    assert.ok(await opener.evaluate((button) => button === document.activeElement));
  });

  journey("a menu closes on Escape and gives the focus back", async (site) => {
    const page = await open(site);
    const menu = page.locator("main details.menu").first();
    await menu.locator("summary").press("Enter");
    await menu.locator("a").first().waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Escape");
    assert.equal(await menu.getAttribute("open"), null);
    assert.ok(await menu.locator("summary").evaluate((summary) => summary === document.activeElement));
  });

  journey("a row goes down by its button, is announced, and comes back by undo", async (site) => {
    const page = await open(site);
    const list = page.locator("[data-sortable-list]").first();
    const names = () => list.locator(".drag-row").evaluateAll((rows) => rows.map((row) => row.dataset.name));
    const before = await names();
    await list.locator('[data-move="1"]').first().press("Enter");
    assert.deepEqual(await names(), [before[1], before[0], ...before.slice(2)]);
    const toast = page.locator("[data-toasts] .toast");
    assert.match(await toast.innerText(), /place 2 sur 4/);
    await toast.getByRole("button", { name: "Annuler" }).click();
    assert.deepEqual(await names(), before);
  });

  journey("a row is dragged by its handle", async (site) => {
    const page = await open(site);
    const list = page.locator("[data-sortable-list]").first();
    const rows = list.locator(".drag-row");
    const first = await rows.first().getAttribute("data-name");
    await rows.last().scrollIntoViewIfNeeded();
    const from = await rows.first().locator(".drag-handle").boundingBox();
    const to = await rows.last().boundingBox();
    await page.mouse.move(from.x + 8, from.y + 8);
    await page.mouse.down();
    await page.mouse.move(from.x + 8, from.y + 60, { steps: 5 });
    await page.mouse.move(from.x + 8, to.y + to.height, { steps: 8 });
    await page.mouse.up();
    assert.equal(await rows.last().getAttribute("data-name"), first);
  });

  journey("a column is sorted by its head, empty cells last either way", async (site) => {
    const page = await open(site);
    const table = page.locator("table[data-sortable]").first();
    const names = () => table.locator("tbody th").allInnerTexts();
    const score = table.getByRole("button", { name: "Score" });
    await score.press("Enter");
    assert.deepEqual(await names(), ["Inès Carpentier", "Éric Lefèvre", "Camille Martin"]);
    await score.press("Enter");
    assert.deepEqual(await names(), ["Éric Lefèvre", "Inès Carpentier", "Camille Martin"]);
    assert.equal(await table.locator("th[aria-sort]").getAttribute("aria-sort"), "descending");
  });

  journey("without script the page is read as it is", async (site) => {
    const page = await site.visitor({ javaScriptEnabled: false });
    await page.goto("/design");
    assert.ok(await page.locator("#light-panel-b").isVisible(), "panels stand one below the other");
    assert.ok(!(await page.locator("[data-theme-switch]").first().isVisible()), "what needs script is not shown");
    assert.ok(await page.locator('.drop input[type="file"]').first().isVisible(), "the file input is an ordinary one");
  });
});
