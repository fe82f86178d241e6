/** Write: a trainer writes a page by keyboard, with a picture; a learner reads it on a phone and ends it. */
import assert from "node:assert/strict";
import { assertLooks, PHONE } from "../support/browser.mjs";
import { learner, trainer } from "../support/acts.mjs";
import { onEachDatabase } from "../support/journey.mjs";

/** A picture of 1 × 1. */
const DOT = Buffer.from("R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAkQBADs=", "base64");

const saved = (page) => page.locator('[data-save-state][data-state="saved"]').waitFor();

/** Tab until the focus is on what this locator finds. */
async function tabTo(page, locator) {
  for (let step = 0; step < 60; step++) {
    if (await locator.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail("the keyboard reaches it");
}

onEachDatabase("Write", (journey) => {
  journey("a trainer writes a page by keyboard and a learner reads it to its end on a phone", async (site) => {
    const page = await site.signedIn(await trainer(site));
    await page.goto("/trainer");
    await tabTo(page, page.getByRole("link", { name: "Écrire un contenu" }));
    await page.keyboard.press("Enter");
    await page.waitForURL(/content\/new/);
    await assertLooks(page, "content-new");
    await tabTo(page, page.getByLabel("Titre"));
    await page.keyboard.type("Porter le casque");
    await page.keyboard.press("Enter");
    await page.waitForURL(/content\/[0-9a-f-]{36}/);

    const text = page.getByLabel("Texte", { exact: true });
    await tabTo(page, text);
    await page.keyboard.type("Un casque protège la ");
    await page.keyboard.press("Control+b");
    await page.keyboard.type("tête");
    assert.equal(await text.inputValue(), "Un casque protège la **tête**");
    await page.keyboard.press("Control+z");
    assert.notEqual(await text.inputValue(), "Un casque protège la **tête**", "the browser's own undo takes it back");
    await page.keyboard.press("Control+Shift+z");
    await page.keyboard.press("Control+End");
    await page.keyboard.type(".\n\n");
    await saved(page);
    await page.locator("[data-preview] strong").waitFor();

    // Backwards to the tools, as somebody without a mouse goes.
    for (let step = 0; step < 5 && !(await page.getByRole("button", { name: "Image" }).evaluate((tool) => tool === document.activeElement)); step++) {
      await page.keyboard.press("Shift+Tab");
    }
    await page.keyboard.press("Enter");
    await page.locator("#picture-file").setInputFiles({ name: "casque.gif", mimeType: "image/gif", buffer: DOT });
    await tabTo(page, page.locator("#picture-alt"));
    await page.keyboard.type("Un casque jaune");
    await page.keyboard.press("Enter");
    await page.locator('[data-preview] img[alt="Un casque jaune"]').waitFor();
    await saved(page);
    await page.reload();
    assert.match(await text.inputValue(), /protège la \*\*tête\*\*.\n\n!\[Un casque jaune\]\([0-9a-f]+\.gif\)/);
    await assertLooks(page, "content-editor");
    await tabTo(page, page.getByRole("button", { name: "Publier" }));
    await page.keyboard.press("Enter");
    await page.getByText("Version 1 publiée").waitFor();
    await assertLooks(page, "content-published");

    const phone = await site.signedIn(await learner(site), { viewport: PHONE, hasTouch: true, isMobile: true });
    await phone.goto("/catalogue");
    await phone.getByRole("link", { name: "Porter le casque" }).tap();
    await phone.getByRole("button", { name: "Commencer" }).tap();
    await phone.waitForURL(/\/learn\//);
    const picture = phone.getByRole("img", { name: "Un casque jaune" });
    await picture.scrollIntoViewIfNeeded();
    await phone.waitForFunction(() => document.querySelector(".prose img").naturalWidth === 1);
    await assertLooks(phone, "learn-page");
    await phone.getByRole("button", { name: "J’ai lu" }).tap();
    await phone.getByText("C’est terminé").waitFor();
    await assertLooks(phone, "learn-page-done");
    await phone.getByRole("link", { name: "Revenir" }).tap();
    await phone.waitForURL(/\/courses\//);
    await phone.getByText("Terminé").first().waitFor();
  });

  journey("two trainers who write at once are told, and nobody's text is lost", async (site) => {
    const page = await site.signedIn(await trainer(site));
    await page.goto("/trainer/content/new?kind=page");
    await page.getByLabel("Titre").fill("Accueil");
    await page.keyboard.press("Enter");
    await page.waitForURL(/content\/[0-9a-f-]{36}/);
    const other = await page.context().newPage();
    await other.goto(page.url());
    await other.getByLabel("Texte", { exact: true }).fill("Le texte de l’autre");
    await saved(other);
    await page.getByLabel("Texte", { exact: true }).fill("Mon texte");
    await page.getByText("Votre texte n’est pas enregistré").waitFor();
    await page.getByText("Non enregistré").waitFor();
    await other.reload();
    assert.equal(await other.getByLabel("Texte", { exact: true }).inputValue(), "Le texte de l’autre");
    await page.getByRole("button", { name: "Remplacer par mon texte" }).click();
    await saved(page);
    await other.reload();
    assert.equal(await other.getByLabel("Texte", { exact: true }).inputValue(), "Mon texte");
  });
});
