/** What leaves by webhook is understood by others: the library of another language checks the signatures. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { Webhook } from "standardwebhooks";
import { administrator, reloadUntil, until } from "../support/acts.mjs";
import { assertLooks } from "../support/browser.mjs";
import { onEachDatabase } from "../support/journey.mjs";

// The receiver is on the machine itself: the operator allows that network.
process.env.PREAU_WEBHOOKS__ALLOWED_NETWORKS = "127.0.0.0/8";

onEachDatabase("Webhooks", (journey) => {
  journey("an administrator adds an endpoint, tries it out, and its system verifies the message", async (site) => {
    const got = [];
    const receiver = createServer(async (request, answer) => {
      let body = "";
      for await (const part of request) body += part;
      got.push({ headers: request.headers, body });
      answer.writeHead(204).end();
    });
    receiver.listen(0, "127.0.0.1");
    await once(receiver, "listening");
    try {
      const page = await site.signedIn(await administrator(site));
      await page.goto("/admin/webhooks");
      await assertLooks(page, "webhooks-empty");
      await page.getByLabel("Adresse").fill("http://10.0.0.1/");
      await page.getByRole("button", { name: "Ajouter", exact: true }).click();
      await page.getByText("Cette adresse est privée.").waitFor();
      await page.getByLabel("Adresse").fill(`http://127.0.0.1:${receiver.address().port}/evenements`);
      await page.getByLabel("À quoi sert-il").fill("Ressources humaines");
      await page.getByRole("button", { name: "Ajouter", exact: true }).click();
      await page.getByRole("heading", { level: 1, name: "Ressources humaines" }).waitFor();
      await page.getByText("Afficher le secret").click();
      const secret = await page.locator("details code").first().innerText();
      await page.getByRole("button", { name: "Envoyer un essai" }).click();
      await until(() => got.length > 0);
      const event = new Webhook(secret).verify(got[0].body, got[0].headers);
      assert.equal(event.type, "test");
      assert.throws(() => new Webhook(secret).verify(got[0].body.replace("test", "tost"), got[0].headers));

      await reloadUntil(page, "Reçu");
      await page.getByText("1 essai").click();
      await page.getByText("Réponse 204").waitFor();
      await assertLooks(page, "webhook");
      await page.getByRole("button", { name: /^Renvoyer/ }).click();
      await page.getByText("Le message repart maintenant.").waitFor();
      await until(() => got.length > 1);
      assert.equal(got[1].headers["webhook-id"], got[0].headers["webhook-id"]);
      await page.getByRole("link", { name: "Supprimer" }).click();
      await assertLooks(page, "webhook-delete");
      await page.getByRole("button", { name: "Supprimer le webhook" }).click();
      await page.getByText("Le webhook est supprimé.").waitFor();
    } finally {
      receiver.close();
    }
  });
});
