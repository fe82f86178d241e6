/** Statements come from another system, are taken along, and are sent on; a person is erased from them. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { administrator, learner, reloadUntil } from "../support/acts.mjs";
import { assertLooks } from "../support/browser.mjs";
import { onEachDatabase } from "../support/journey.mjs";
import { ROOT } from "../support/server.mjs";

// The other system is on the machine itself: the operator allows that network.
process.env.PREAU_WEBHOOKS__ALLOWED_NETWORKS = "127.0.0.0/8";

const statement = (what) => ({
  id: randomUUID(),
  actor: { mbox: "mailto:awa@example.fr", name: "Awa Diop" },
  verb: { id: "http://adlnet.gov/expapi/verbs/completed" },
  object: { id: `http://example.fr/${encodeURIComponent(what)}`, definition: { name: { fr: what } } },
  timestamp: "2024-03-01T09:00:00Z",
});

onEachDatabase("Statements", (journey) => {
  journey("a file of another system is brought in, and everything can be taken along", async (site) => {
    const folder = mkdtempSync(join(tmpdir(), "preau-statements-"));
    try {
      const page = await site.signedIn(await administrator(site));
      await page.goto("/admin/statements");
      await page.getByRole("link", { name: "Reprises", exact: true }).click();
      await assertLooks(page, "statement-imports-empty");
      const good = [statement("Gestes de secours"), statement("Port du casque")];
      const file = join(folder, "ancien-lrs.ndjson");
      writeFileSync(file, [JSON.stringify(good[0]), "{", JSON.stringify(good[1])].join("\n"));
      await page.locator('input[type="file"]').setInputFiles(file);
      await page.waitForURL(/\/admin\/statements\/imports\/[0-9a-f-]+$/);
      // The page follows the work by itself.
      await page.getByText("Reprise terminée").waitFor();
      await page.getByText("Ligne 2", { exact: true }).waitFor();
      await assertLooks(page, "statement-import");
      await page.goto("/admin/statements/imports");
      await page.getByText(/2 nouvelles déclarations/).waitFor();
      await assertLooks(page, "statement-imports");

      await page.goto("/admin/statements?person=awa%40example.fr");
      await page.getByText("Awa Diop a terminé Gestes de secours").first().waitFor();
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("link", { name: "Télécharger les déclarations (NDJSON)" }).click(),
      ]);
      const lines = readFileSync(await download.path(), "utf8").trim().split("\n");
      assert.deepEqual(lines.map((line) => JSON.parse(line).id), good.map((one) => one.id));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  journey("statements are sent on, the lag is told, and the system is removed after a question", async (site) => {
    let answer = 503;
    const got = [];
    const receiver = createServer(async (request, response) => {
      let body = "";
      for await (const part of request) body += part;
      if (answer === 200) got.push(...JSON.parse(body));
      response.writeHead(answer).end("[]");
    });
    receiver.listen(0, "127.0.0.1");
    await once(receiver, "listening");
    try {
      const page = await site.signedIn(await administrator(site));
      await page.goto("/admin/statements/forwards");
      await assertLooks(page, "statement-forwards-empty");
      await page.getByLabel("Nom", { exact: true }).fill("LRS du Département");
      await page.getByLabel("Adresse du LRS").fill(`http://127.0.0.1:${receiver.address().port}/xapi`);
      await page.getByLabel("Clé").fill("preau");
      await page.getByLabel("Secret").fill("un secret");
      await page.getByRole("button", { name: "Ajouter", exact: true }).click();
      await reloadUntil(page, "Le destinataire a répondu 503");
      await assertLooks(page, "statement-forwards");
      answer = 200;
      await page.getByRole("button", { name: "Mettre en pause" }).click();
      await page.getByRole("button", { name: "Reprendre" }).click();
      await reloadUntil(page, "À jour");
      assert.ok(got.length > 0, "the statements have arrived");
      await page.getByRole("link", { name: "Retirer" }).click();
      await assertLooks(page, "statement-forward-remove");
      await page.getByRole("button", { name: "Retirer le système" }).click();
      await page.getByText("Rien n’est envoyé à un autre système.").waitFor();
    } finally {
      receiver.close();
    }
  });

  journey("a profile is loaded, what does not follow it is told with examples, and it is removed after a question", async (site) => {
    const folder = mkdtempSync(join(tmpdir(), "preau-profile-"));
    try {
      const page = await site.signedIn(await administrator(site));
      const visit = (verb) => ({
        ...statement("Le pont"),
        verb: { id: `https://exemple.fr/xapi/verbes/${verb}` },
        object: { id: "https://exemple.fr/pont", definition: { type: "https://exemple.fr/xapi/types/chantier" } },
        context: { registration: randomUUID(), contextActivities: { category: [{ id: "https://exemple.fr/xapi/visites/v2" }] } },
      });
      const [arrival, departure, other] = ["visite", "quitte", "ignore"].map(visit);
      const snowy = visit("visite");
      snowy.context.extensions = { "https://exemple.fr/xapi/ext/meteo": { ciel: "neige" } };
      const file = join(folder, "visites.ndjson");
      writeFileSync(file, [arrival, departure, other, snowy].map((one) => JSON.stringify(one)).join("\n"));
      await page.goto("/admin/statements/imports");
      await page.locator('input[type="file"]').setInputFiles(file);
      await page.waitForURL(/\/admin\/statements\/imports\/[0-9a-f-]+$/);
      await page.getByText("Reprise terminée").waitFor();

      await page.goto("/admin/statements");
      await page.getByRole("link", { name: "Profils xAPI" }).click();
      await assertLooks(page, "xapi-profiles-empty");
      const wrong = join(folder, "profil.json");
      writeFileSync(wrong, "[]");
      await page.getByLabel("Document du profil").setInputFiles(wrong);
      await page.getByRole("button", { name: "Charger", exact: true }).click();
      await page.getByText("Le profil n’est pas chargé").waitFor();
      await assertLooks(page, "xapi-profile-refused");
      await page.getByLabel("Document du profil").setInputFiles(join(ROOT, "tests/it/lrs/site-visits.jsonld"));
      await page.getByRole("button", { name: "Charger", exact: true }).click();
      await page.getByRole("heading", { level: 1, name: "Visites de chantier" }).waitFor();
      // What has just been stored is left for later: it is checked when it has been there for half a minute.
      for (let tries = 0; tries < 60 && !(await page.getByText("Non conformes").first().isVisible()); tries += 1) {
        await page.getByRole("button", { name: "Tout vérifier de nouveau" }).click();
        await page.waitForTimeout(1_000);
        await page.reload();
      }
      await page.locator("#demands").waitFor();
      await assertLooks(page, "xapi-profile");
      await page.goto("/admin/statements/profiles");
      await assertLooks(page, "xapi-profiles");
      await page.getByRole("link", { name: "Visites de chantier" }).click();
      await page.getByRole("link", { name: arrival.id }).click();
      await page.waitForURL(`**/admin/statements/${arrival.id}`);
      await page.getByRole("heading", { name: "Reprise d’un autre système" }).waitFor();
      await assertLooks(page, "statement-imported");
      await page.goBack();

      await page.getByRole("link", { name: "Retirer" }).click();
      await assertLooks(page, "xapi-profile-remove");
      await page.getByRole("button", { name: "Retirer le profil" }).click();
      await page.getByText("Aucun profil", { exact: true }).waitFor();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  journey("a person is erased after a question that says what goes and what stays", async (site) => {
    await learner(site);
    const page = await site.signedIn(await administrator(site));
    await page.goto("/admin/people?q=Camille");
    await page.locator("summary[aria-label*='Camille Leroy']").click();
    await page.getByRole("link", { name: "Effacer la personne" }).click();
    await page.getByRole("heading", { level: 1, name: /Effacer Camille Leroy/ }).waitFor();
    await assertLooks(page, "person-erase");
    await page.getByRole("button", { name: "Effacer pour toujours" }).click();
    await reloadUntil(page, "Terminé le");
    await assertLooks(page, "person-erasures");
    await page.goto("/admin/people");
    assert.ok(!(await page.content()).includes("Camille Leroy"), "nobody of that name is left");
  });
});
