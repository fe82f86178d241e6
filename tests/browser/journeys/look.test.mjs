/** Look: the page of components in both themes, and what every page owes: language, skip link, an error page in plain words. */
import assert from "node:assert/strict";
import { assertAccessible, assertFits, assertLooks, PHONE } from "../support/browser.mjs";
import { onEachDatabase } from "../support/journey.mjs";

onEachDatabase("Look", (journey) => {
  journey("the component page stands at every width, light and dark", async (site) => {
    const page = await site.visitor();
    await page.goto("/design");
    await page.getByRole("heading", { level: 1 }).waitFor();
    await assertLooks(page, "design");
  });

  journey("someone on a keyboard skips to the content", async (site) => {
    const page = await site.visitor();
    await page.goto("/design");
    await page.keyboard.press("Tab");
    const skip = page.getByRole("link", { name: "Aller au contenu" });
    assert.ok(await skip.evaluate((link) => link === document.activeElement), "the first stop of the keyboard is the skip link");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement.id === "content");
  });

  journey("the appearance chosen by a person outlives the visit", async (site) => {
    const page = await site.visitor();
    await page.goto("/design");
    const light = await background(page);
    const change = page.locator("[data-theme-switch]");
    for (let presses = 0; presses < 3 && (await background(page)) === light; presses++) await change.click();
    const dark = await background(page);
    assert.notEqual(dark, light, "the button changes the colours");
    await page.reload();
    assert.equal(await background(page), dark, "the choice is kept");
  });

  journey("an address that leads nowhere says so and offers a way back", async (site) => {
    const page = await site.visitor({ viewport: PHONE });
    const answer = await page.goto("/nulle-part");
    assert.equal(answer.status(), 404);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await assertFits(page);
    await assertAccessible(page);
    await page.getByRole("link", { name: /accueil/i }).first().waitFor();
  });
});

const background = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
