/** Sign in: login and password, French by default, English complete, and a login that outlives the server. */
import assert from "node:assert/strict";
import { assertLooks } from "../support/browser.mjs";
import { administrator, learner } from "../support/acts.mjs";
import { onEachDatabase } from "../support/journey.mjs";

onEachDatabase("Sign in", (journey) => {
  journey("a stranger is asked to sign in and then finds the page they wanted", async (site) => {
    const camille = await learner(site);
    const page = await site.visitor();
    await page.goto("/catalogue");
    await page.waitForURL(/\/sign-in/);
    await assertLooks(page, "sign-in");
    await page.getByLabel("Identifiant").fill(camille.login);
    await page.getByLabel("Mot de passe", { exact: true }).fill(camille.password);
    await page.getByRole("main").getByRole("button", { name: "Se connecter" }).click();
    await page.waitForURL("/catalogue");
  });

  journey("a wrong password is refused in words that help no thief", async (site) => {
    const camille = await learner(site);
    const page = await site.visitor();
    for (const login of [camille.login, "personne"]) {
      await page.goto("/sign-in");
      await page.getByLabel("Identifiant").fill(login);
      await page.getByLabel("Mot de passe", { exact: true }).fill("mauvais mot de passe");
      await page.getByRole("main").getByRole("button", { name: "Se connecter" }).click();
      await page.getByText(/L.identifiant ou le mot de passe n.est pas le bon/).waitFor();
    }
    await assertLooks(page, "sign-in-refused");
  });

  journey("a person stays signed in when the server restarts", async (site) => {
    const page = await site.signedIn(await learner(site));
    await page.goto("/");
    await page.getByRole("heading", { level: 1, name: "Bonjour Camille" }).waitFor();
    await site.server.restart();
    await page.reload();
    await page.getByRole("heading", { level: 1, name: "Bonjour Camille" }).waitFor();
  });

  journey("French first, English at one click, and it stays", async (site) => {
    const page = await site.signedIn(await learner(site));
    await page.goto("/");
    assert.equal(await page.locator("html").getAttribute("lang"), "fr");
    await page.getByRole("button", { name: "English" }).click();
    await page.locator('html[lang="en"]').waitFor();
    await page.goto("/catalogue");
    assert.equal(await page.locator("html").getAttribute("lang"), "en");
    await page.getByRole("button", { name: "Français" }).click();
    await page.locator('html[lang="fr"]').waitFor();
  });

  journey("signing out closes every door", async (site) => {
    const page = await site.signedIn(await learner(site));
    await page.goto("/");
    await page.locator("details.menu summary").first().click();
    await page.getByRole("button", { name: "Se déconnecter" }).click();
    await page.waitForURL((url) => url.pathname !== "/");
    await page.goto("/");
    await page.waitForURL(/\/sign-in/);
  });

  journey("a learner finds no door to what trainers and administrators do", async (site) => {
    const page = await site.signedIn(await learner(site));
    for (const path of ["/trainer", "/trainer/import", "/admin/statements", "/admin/people"]) {
      const answer = await page.goto(path);
      assert.equal(answer.status(), 403, `${path} is refused`);
    }
    await assertLooks(page, "refused");
  });

  journey("an administrator sees the people and the organisation", async (site) => {
    await learner(site);
    const page = await site.signedIn(await administrator(site));
    await page.goto("/admin/people");
    await page.getByText("Camille Leroy").first().waitFor();
    await assertLooks(page, "admin-people");
  });
});
