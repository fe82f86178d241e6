/** Learn: a trainer imports, previews and publishes; a learner finds it, begins it and resumes it; the trainer sees who did what. */
import assert from "node:assert/strict";
import { assertLooks, PHONE } from "../support/browser.mjs";
import { answer, content, drop, heading, leave, learner, publish, resume, saved, trainer, turnPage } from "../support/acts.mjs";
import { onEachDatabase } from "../support/journey.mjs";
import { sample } from "../support/server.mjs";

const TITLE = "Gestes et postures au travail";

onEachDatabase("Learn", (journey) => {
  journey("from the trainer's import to the trainer's list of who did what", async (site) => {
    const camille = await learner(site);
    const phone = await site.signedIn(camille, { viewport: PHONE });
    await phone.goto("/");
    await phone.getByText("Rien à suivre pour le moment").waitFor();
    await assertLooks(phone, "home-empty");

    const desk = await site.signedIn(await trainer(site));
    await desk.goto("/trainer");
    await assertLooks(desk, "trainer-empty");
    await desk.goto("/trainer/import");
    await drop(desk, sample("scorm2004-simple"));
    await desk.waitForURL(/\/trainer\/packages\/[0-9a-f-]+$/);

    // The preview is the learner's player, and leaves no record.
    await desk.getByRole("button", { name: "Voir comme un apprenant" }).click();
    await desk.waitForURL(/\/player\//);
    await heading(content(desk), "Prendre soin de son dos");
    await turnPage(content(desk));
    await leave(desk);

    await phone.goto("/catalogue");
    assert.equal(await phone.getByText(TITLE).count(), 0, "what is not published is not in the catalogue");
    await desk.goto("/trainer");
    await publish(desk, TITLE);
    await assertLooks(desk, "trainer-list");

    await phone.goto("/catalogue");
    await assertLooks(phone, "catalogue");
    await phone.getByRole("link", { name: TITLE }).click();
    await assertLooks(phone, "course");
    await phone.getByRole("button", { name: "Commencer" }).click();
    await phone.waitForURL(/\/player\//);
    await turnPage(content(phone));
    await heading(content(phone), "Soulever une charge");
    await saved(phone);
    await leave(phone);

    await phone.goto("/");
    await phone.getByRole("link", { name: new RegExp(`Reprendre\\s*: ${TITLE}`) }).waitFor();
    await assertLooks(phone, "home");
    await resume(phone);
    await heading(content(phone), "Soulever une charge");
    await turnPage(content(phone));
    await turnPage(content(phone));
    await answer(content(phone));
    await saved(phone);
    await leave(phone);
    await phone.goto("/");
    await phone.getByRole("heading", { name: "Terminé" }).waitFor();
    await assertLooks(phone, "home-done");

    await desk.goto("/trainer");
    await desk.getByRole("row").filter({ hasText: TITLE }).getByRole("link", { name: /1 apprenant/ }).click();
    await desk.waitForURL(/\/trainer\/courses\/[0-9a-f-]+\/learners$/);
    const list = await desk.getByRole("main").innerText();
    assert.match(list, /Camille Leroy/);
    assert.doesNotMatch(list, /Thomas Martin/, "a preview leaves no record");
    assert.match(list, /100\s*%/);
    await assertLooks(desk, "trainer-learners");

    // What was answered to each question, by keyboard; the answers are one key away.
    await desk.getByRole("link", { name: "Réponses aux questions" }).focus();
    await desk.keyboard.press("Enter");
    await desk.waitForURL(/\/answers$/);
    await assertLooks(desk, "trainer-answers");
    await desk.locator("main summary").first().focus();
    await desk.keyboard.press("Enter");
    const answered = desk.locator("details[open]");
    await answered.getByText("1 fois").waitFor();
    await answered.getByRole("img", { name: "Bonne réponse" }).first().waitFor();
    await assertLooks(desk, "trainer-answers-open");
    const [file] = await Promise.all([desk.waitForEvent("download"), desk.getByRole("link", { name: /CSV/ }).click()]);
    assert.match(file.suggestedFilename(), /^reponses_gestes-et-postures-au-travail_.*\.csv$/);
  });
});
