/** A space lives in the intranet: its animator tells news, a page of the intranet frames it, and its member reads it there. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { administrator, learner } from "../support/acts.mjs";
import { assertAccessible, assertLooks, openBrowser, openContext, picture } from "../support/browser.mjs";
import { onEachDatabase } from "../support/journey.mjs";

/** A page of another site that frames `address`, as narrow as an intranet's column can be. */
async function intranet(address) {
  const page = `<!doctype html><html lang="fr"><title>Intranet</title><main><h1>Intranet</h1>
    <iframe title="Formation" width="280" height="900" src="${address}"></iframe></main></html>`;
  const server = createServer((_, answer) => answer.setHeader("content-type", "text/html; charset=utf-8").end(page));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { origin: `http://intranet.localhost:${server.address().port}`, close: () => server.close() };
}

/** A space with these members, made by an administrator on the pages; gives the administrator's page. */
async function create(site, { name, id, origin, members }) {
  const page = await site.signedIn(await administrator(site));
  await page.goto("/admin/spaces");
  await page.getByLabel("Nom", { exact: true }).fill(name);
  await page.getByLabel("Identifiant dans l’intranet").fill(id);
  await page.getByLabel("Sites qui peuvent l’afficher").fill(origin);
  await page.getByRole("button", { name: "Créer l’espace" }).click();
  for (const [person, role] of members) {
    await page.getByRole("combobox", { name: "Ajouter une personne" }).pressSequentially(person.name.slice(0, 4));
    await page.locator("#members").getByRole("option", { name: person.name }).first().click();
    await page.getByLabel("Rôle", { exact: true }).selectOption(role);
    await page.locator("#members").getByRole("button", { name: "Ajouter", exact: true }).click();
    await page.getByText(/maintenant/).first().waitFor();
  }
  return page;
}

onEachDatabase("Spaces", (journey) => {
  journey("an animator tells news, follows the space by its feed, and takes news back", async (site) => {
    const nadia = await site.person("nadia", "Nadia Benali", "learner");
    const admin = await create(site, { name: "Collèges", id: "colleges", origin: "https://intranet.example.fr", members: [[nadia, "Animateur"]] });
    await admin.goto("/admin/spaces");
    await assertLooks(admin, "admin-spaces");

    const page = await site.signedIn(nadia);
    await page.goto("/");
    await page.getByRole("link", { name: "Espaces" }).click();
    await page.getByRole("link", { name: "Collèges" }).click();
    await page.getByRole("link", { name: "Animer l’espace" }).click();
    await page.getByLabel("Titre").fill("Viabilité hivernale");
    await page.getByLabel("Texte").fill("La formation commence lundi.\n\nPensez à votre gilet.");
    await page.getByRole("button", { name: "Publier l’actualité" }).click();
    await page.getByText("L’actualité est publiée.").waitFor();
    await assertLooks(page, "space-manage");
    await page.goto("/spaces/colleges");
    await assertLooks(page, "space");
    await page.getByRole("button", { name: "Créer mon adresse de flux" }).click();
    const feed = await page.getByLabel("Adresse du flux").inputValue();
    await assertAccessible(page, "feed address");
    const atom = await page.evaluate(async (address) => (await fetch(address, { credentials: "omit" })).text(), feed);
    assert.match(atom, /<title>Viabilité hivernale<\/title>/);
    await page.goto("/spaces/colleges/manage");
    await page.getByRole("button", { name: "Retirer : Viabilité hivernale" }).click();
    await page.getByRole("button", { name: "Annuler" }).click();
    await page.getByText("L’actualité est de nouveau visible.").waitFor();
    await page.goto("/spaces");
    await assertAccessible(page, "spaces");
  });

  journey("a member reads the space framed by the intranet, where cookies of other sites are blocked", async (site) => {
    const camille = await learner(site);
    const host = await intranet(`${site.server.origin}/embed/spaces/routes`);
    const stranger = await intranet(`${site.server.origin}/embed/spaces/routes`);
    const browser = await openBrowser(["--test-third-party-cookie-phaseout"]);
    try {
      const admin = await create(site, { name: "Direction des routes", id: "routes", origin: host.origin, members: [[camille, "Membre"]] });
      await admin.goto("/admin/spaces/routes");
      await assertAccessible(admin, "settings of a space");
      const context = await openContext(browser, site.server);
      const page = await context.newPage();
      await page.goto(host.origin);
      const frame = page.frameLocator("iframe");
      await frame.getByLabel("Identifiant").fill(camille.login);
      await frame.getByLabel("Mot de passe").fill(camille.password);
      await assertAccessible(page, "embed, sign in");
      await frame.getByRole("button", { name: "Se connecter" }).click();
      await frame.getByRole("heading", { level: 1, name: "Direction des routes" }).waitFor();
      await frame.getByText("1 personne").waitFor();
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme });
        await assertAccessible(page, `embed, ${colorScheme}`);
        await picture(page, `embed-280-${colorScheme}`);
        const framed = page.frames().find((one) => one.url().includes("/embed/"));
        const excess = await framed.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(excess <= 0, `the frame of 280 px is ${excess} px too narrow`);
      }
      const kept = (await context.cookies()).find((cookie) => cookie.name === "__Host-preau-embed");
      assert.ok(kept?.partitionKey?.includes("intranet.localhost"), `the cookie is kept apart: ${JSON.stringify(kept)}`);
      await page.reload();
      await frame.getByText("1 personne").waitFor();

      // A new tab, signed in as the frame is.
      const opened = context.waitForEvent("page");
      await frame.getByRole("button", { name: "Ouvrir l’espace dans Préau" }).click();
      const tab = await opened;
      await tab.getByRole("heading", { level: 1, name: "Direction des routes" }).waitFor();
      assert.equal(new URL(tab.url()).origin, site.server.origin);
      assert.deepEqual(context.errors, []);
      await context.close();

      // Another site may not frame it: the answer says who may, and the browser shows nothing of it.
      const other = await site.visitor();
      const answered = other.waitForResponse((answer) => answer.url().endsWith("/embed/spaces/routes"));
      const said = other.waitForEvent("console", (line) => /frame-ancestors/.test(line.text()));
      await other.goto(stranger.origin);
      const policy = await (await answered).headerValue("content-security-policy");
      assert.equal(/frame-ancestors ([^;]*)/.exec(policy)?.[1], host.origin);
      assert.equal((await said).type(), "error");
      const refused = other.frames().find((one) => one !== other.mainFrame());
      // The page is loaded, and the refusal told, before the frame holds the browser's own error page.
      while (!refused.url().startsWith("chrome-error:")) {
        await other.waitForEvent("framenavigated", (frame) => frame === refused);
      }
    } finally {
      await browser.close();
      host.close();
      stranger.close();
    }
  });
});
