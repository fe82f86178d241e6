/** Access: an administrator lets a tool in, watches what it writes arrive, and takes a statement back. */
import assert from "node:assert/strict";
import { administrator } from "../support/acts.mjs";
import { assertLooks } from "../support/browser.mjs";
import { onEachDatabase } from "../support/journey.mjs";

onEachDatabase("Access", (journey) => {
  journey("a tool gets a key, and what it writes is read while it arrives", async (site) => {
    const page = await site.signedIn(await administrator(site));
    await page.goto("/admin/lrs");
    await assertLooks(page, "lrs-access-empty");
    await page.getByLabel("Nom de l’outil").fill("Simulateur");
    await page.getByRole("button", { name: "Créer l’accès" }).click();
    await page.getByRole("heading", { level: 1, name: /Simulateur/ }).waitFor();
    await assertLooks(page, "lrs-access-secret");
    const [endpoint, key, secret] = await page.locator("dl.facts code").allInnerTexts();
    assert.match(endpoint, /\/xapi\/$/);
    await page.getByRole("link", { name: "Le secret est copié" }).click();
    assert.ok(!(await page.content()).includes(secret), "the secret is shown once");

    const desk = await site.signedIn(await administrator(site));
    await desk.goto("/admin/statements");
    const store = async (what) => {
      const answer = await fetch(`http://127.0.0.1:${site.server.port}/xapi/statements`, {
        method: "POST",
        headers: {
          authorization: `Basic ${Buffer.from(`${key}:${secret}`).toString("base64")}`,
          "content-type": "application/json",
          "x-experience-api-version": "1.0.3",
        },
        body: JSON.stringify({
          actor: { mbox: "mailto:awa@example.fr", name: "Awa Diop" },
          verb: { id: "http://adlnet.gov/expapi/verbs/completed" },
          object: { id: `http://example.fr/${encodeURIComponent(what)}`, definition: { name: { fr: what } } },
        }),
      });
      assert.equal(answer.status, 200, await answer.text());
    };
    await store("Simulation A");
    await desk.getByText("Awa Diop a terminé Simulation A").first().waitFor();
    await assertLooks(desk, "statements-live");
    await desk.getByRole("button", { name: "Mettre en pause" }).click();
    await store("Simulation B");
    await desk.getByText("En pause.").waitFor();
    await desk.getByRole("button", { name: "Reprendre" }).click();
    await desk.getByText("Awa Diop a terminé Simulation B").first().waitFor();

    const record = desk.locator(".record", { hasText: "Simulation A" }).first();
    await record.locator("summary").click();
    await record.getByRole("link", { name: "Ouvrir cette déclaration" }).click();
    await assertLooks(desk, "statement");
    await desk.getByRole("link", { name: "Annuler cette déclaration" }).click();
    await assertLooks(desk, "statement-void");
    await desk.getByLabel("Motif").fill("Essai de l’outil");
    await desk.getByRole("button", { name: "Annuler la déclaration", exact: true }).click();
    await desk.getByText("La déclaration est annulée.").waitFor();
    await desk.getByText("Essai de l’outil").first().waitFor();

    await page.reload();
    await assertLooks(page, "lrs-access");
    await page.getByRole("link", { name: "Révoquer" }).click();
    await page.getByRole("button", { name: "Révoquer l’accès" }).click();
    await page.getByText(/est révoqué/).first().waitFor();
  });

  journey("a rule about old statements says what it would remove before it is switched on", async (site) => {
    const page = await site.signedIn(await administrator(site));
    await page.goto("/admin/lrs");
    await page.getByRole("link", { name: "Conservation", exact: true }).click();
    await assertLooks(page, "retention-empty");
    await page.getByLabel("Nom", { exact: true }).fill("Simulateur de conduite, deux ans");
    await page.getByLabel("Jours de conservation").fill("7");
    await page.getByRole("button", { name: "Voir ce qu’elle supprimerait" }).click();
    await page.getByText("Indiquez un nombre de jours").waitFor();
    await page.getByLabel("Jours de conservation").fill("730");
    await page.getByLabel("Action").selectOption({ label: "terminé" });
    await page.getByRole("button", { name: "Voir ce qu’elle supprimerait" }).click();
    await page.getByText("aucune déclaration n’est à la fois assez ancienne et sans protection").waitFor();
    await assertLooks(page, "retention-rule");
    await page.getByRole("button", { name: "Mettre la règle en marche" }).click();
    await page.getByText("elle commencera la nuit prochaine").waitFor();
    await page.getByLabel("Jours de conservation").fill("365");
    await page.getByRole("button", { name: "Enregistrer et voir" }).click();
    await page.getByText("La règle est modifiée et arrêtée").waitFor();
    await page.goto("/admin/lrs/retention");
    await assertLooks(page, "retention");
    await page.getByRole("link", { name: "Simulateur de conduite, deux ans" }).click();
    await page.getByRole("link", { name: "Retirer la règle" }).click();
    await assertLooks(page, "retention-remove");
    await page.getByRole("button", { name: "Retirer la règle" }).click();
    await page.getByText("Aucune règle").waitFor();
  });
});
