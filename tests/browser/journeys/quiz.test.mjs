/** Quiz: a trainer writes five types of questions by keyboard alone; a learner on a phone fails, tries again and passes. */
import assert from "node:assert/strict";
import { assertLooks, PHONE } from "../support/browser.mjs";
import { learner, saved, trainer } from "../support/acts.mjs";
import { onEachDatabase } from "../support/journey.mjs";

/** Goes there with the Tab key, as somebody without a mouse. */
async function reach(page, target) {
  await target.waitFor();
  for (let step = 0; step < 200; step += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`${target} is not reached by Tab`);
}

async function press(page, target, key = "Enter") {
  await reach(page, target);
  await page.keyboard.press(key);
}

async function type(page, target, text) {
  await reach(page, target);
  await page.keyboard.press("Control+A");
  await page.keyboard.type(text);
}

const button = (page, name) => page.getByRole("button", { name, exact: true });

/** Begins a question of a type and writes what it asks. */
async function begin(page, kind, prompt) {
  await press(page, button(page, kind));
  await page.waitForURL(/\/questions\/[0-9a-f]+/);
  await page.locator("html[data-js]").waitFor();
  await type(page, page.getByLabel("Question", { exact: true }), prompt);
}

/** Leaves the question when what was typed is saved. */
async function leave(page) {
  await page.locator('[data-saves-state][data-state="saved"]').waitFor();
  await press(page, page.getByRole("link", { name: "Revenir aux questions" }));
  await page.waitForURL(/\/trainer\/quizzes\/[0-9a-f-]+$/);
  await page.locator("html[data-js]").waitFor();
}

const choice = (page, number) => page.getByLabel(`Choix ${number}`, { exact: true });
const right = (page, number) => page.locator(".quiz-choice").nth(number - 1).getByLabel("Bonne réponse");

/** The option or field of the question on the learner's page, by touch. */
const tap = (page, text) => page.locator(".quiz-option", { hasText: text }).tap();

/** Does it and waits until the server has the answer. */
async function kept(page, act) {
  const answered = page.waitForResponse((answer) => answer.url().includes("/answers") && answer.ok());
  await act();
  await answered;
}

async function next(page, name = "Suivante") {
  await page.locator(".player-foot").getByRole("button", { name, exact: true }).tap();
}

/** Where the journeys before left the quiz, by site. */
const places = new Map();

onEachDatabase("Quiz", (journey) => {
  journey("a trainer writes five types of questions by keyboard alone", async (site) => {
    const desk = await site.signedIn(await trainer(site));
    await desk.goto("/trainer/content/new");
    // An arrow chooses among radio buttons.
    await reach(desk, desk.locator('[name="kind"]:checked'));
    for (let kind = 1; kind < 4; kind += 1) await desk.keyboard.press("ArrowDown");
    assert.ok(await desk.locator('[name="kind"][value="quiz"]').isChecked());
    await type(desk, desk.getByLabel("Titre"), "Sécurité incendie");
    await desk.keyboard.press("Enter");
    await desk.waitForURL(/\/trainer\/quizzes\/[0-9a-f-]+$/);
    await assertLooks(desk, "quiz-editor-empty");

    await begin(desk, "Une seule réponse", "Quel numéro appelle les pompiers ?");
    await type(desk, choice(desk, 1), "18");
    await type(desk, choice(desk, 2), "36 15");
    await press(desk, button(desk, "Ajouter un choix"));
    await choice(desk, 3).waitFor();
    assert.ok(await choice(desk, 3).evaluate((input) => input === document.activeElement), "the new choice waits for its text");
    await type(desk, choice(desk, 3), "0 800");
    await assertLooks(desk, "quiz-question-choice");
    await leave(desk);

    await begin(desk, "Plusieurs réponses", "Que faire devant un départ de feu ?");
    for (const [place, text] of ["Donner l’alerte", "Évacuer", "Prendre une photo"].entries()) await type(desk, choice(desk, place + 1), text);
    await press(desk, right(desk, 1), "Space");
    await press(desk, right(desk, 2), "Space");
    await leave(desk);

    await begin(desk, "Vrai ou faux", "On prend l’ascenseur pour évacuer.");
    await reach(desk, desk.getByLabel("Vrai", { exact: true }));
    await desk.keyboard.press("ArrowDown");
    await leave(desk);

    await begin(desk, "Un nombre", "À combien de mètres de la flamme se tient-on ?");
    await type(desk, desk.getByLabel("Nombre attendu"), "1,5");
    await type(desk, desk.getByLabel("Écart accepté"), "0,5");
    await assertLooks(desk, "quiz-question-number");
    await leave(desk);

    await begin(desk, "Quelques mots", "Avec quoi éteint-on un feu électrique ?");
    await type(desk, desk.getByLabel("Réponses acceptées"), "*extincteur*CO2");
    await leave(desk);

    // The last question goes up by the keyboard, and stays there.
    const names = () => desk.locator(".quiz-row").evaluateAll((rows) => rows.map((row) => row.dataset.name));
    const before = await names();
    assert.equal(before.length, 5);
    const ordered = desk.waitForResponse((answer) => answer.url().endsWith("/order"));
    await press(desk, desk.getByRole("button", { name: `Monter : ${before[4]}` }));
    await ordered;
    await desk.reload();
    assert.deepEqual(await names(), [before[0], before[1], before[2], before[4], before[3]]);
    // One is removed and comes back.
    const menu = desk.locator(".quiz-row").first().locator("summary");
    await press(desk, menu);
    await press(desk, desk.locator(".quiz-row").first().getByRole("button", { name: "Retirer" }));
    await desk.getByText("Question 1 retirée").waitFor();
    assert.equal((await names()).length, 4);
    await press(desk, button(desk, "Annuler"));
    await desk.getByText("La question est revenue").waitFor();
    assert.equal((await names())[0], before[0]);
    await assertLooks(desk, "quiz-editor");

    await press(desk, desk.getByRole("link", { name: "Voir comme un apprenant" }));
    await button(desk, "Voir le résultat").waitFor();
    await assertLooks(desk, "quiz-preview");
    await press(desk, button(desk, "Voir le résultat"));
    await desk.getByText("Quiz non réussi").waitFor();
    await assertLooks(desk, "quiz-preview-result");
    await press(desk, desk.getByRole("link", { name: "Revenir aux questions" }));
    await press(desk, button(desk, "Publier"));
    await desk.getByText("est publié").waitFor();
    places.set(site, { editor: desk.url() });

  });

  journey("a learner on a phone fails by touch, with an answer given offline", async (site) => {
    const phone = await site.signedIn(await learner(site), { viewport: PHONE, hasTouch: true, isMobile: true });
    await phone.goto("/catalogue");
    await phone.getByRole("link", { name: "Sécurité incendie" }).tap();
    await phone.getByRole("button", { name: "Commencer" }).tap();
    await phone.waitForURL(/\/quiz\//);
    await assertLooks(phone, "quiz-start");
    await phone.getByRole("button", { name: "Commencer" }).tap();
    await phone.waitForURL(/questions\/1/);
    await assertLooks(phone, "quiz-take-choice");
    await kept(phone, () => tap(phone, "36 15"));
    // A reload in the middle keeps what was answered, also what is just on its way.
    await phone.reload();
    assert.ok(await phone.getByLabel("36 15").isChecked(), "a reload finds the answer");
    await kept(phone, () => tap(phone, "0 800"));
    await tap(phone, "36 15");
    await phone.reload();
    await saved(phone);
    assert.ok(await phone.getByLabel("36 15").isChecked(), "a reload at once finds the answer");
    await next(phone);
    await phone.waitForURL(/questions\/2/);

    // Without network the page says so, and saves when it is back.
    await phone.context().setOffline(true);
    await tap(phone, "Évacuer");
    await phone.getByText("Non enregistré").waitFor();
    await phone.context().setOffline(false);
    await saved(phone);
    await phone.goBack();
    await phone.waitForURL(/questions\/1/);
    assert.ok(await phone.getByLabel("36 15").isChecked(), "the back button finds the answer");
    await next(phone);
    await phone.waitForURL(/questions\/2/);
    assert.ok(await phone.getByLabel("Évacuer").isChecked());
    await next(phone);
    await phone.waitForURL(/questions\/3/);
    await next(phone);
    await phone.waitForURL(/questions\/4/);
    await assertLooks(phone, "quiz-take-text");
    await next(phone);
    await phone.waitForURL(/questions\/5/);
    await phone.locator("input.input").fill("2 m");
    await phone.locator("#quiz-error").getByText("sans unité").waitFor();
    await assertLooks(phone, "quiz-take-refused");
    await kept(phone, () => phone.locator("input.input").fill(""));
    await next(phone, "Relire");
    await phone.getByText("3 questions n’ont pas de réponse").waitFor();
    await assertLooks(phone, "quiz-review");
    await phone.getByRole("button", { name: "Terminer" }).tap();
    await phone.getByRole("heading", { name: "Quiz non réussi" }).waitFor();
    assert.equal(await phone.locator("[data-right]").count(), 0, "the right answers wait for the end");
    await assertLooks(phone, "quiz-failed");
    places.get(site).quiz = phone.url().replace(/\/results.*/, "");

  });

  journey("the learner tries again and passes, and the trainer sees the results", async (site) => {
    const phone = await site.signedIn(await learner(site), { viewport: PHONE, hasTouch: true, isMobile: true });
    await phone.goto(places.get(site).quiz);
    await assertLooks(phone, "quiz-start-again");
    await phone.getByRole("button", { name: "Recommencer" }).tap();
    await phone.waitForURL(/questions\/1/);
    await tap(phone, /^\s*18\s*$/);
    await next(phone);
    await phone.waitForURL(/questions\/2/);
    await tap(phone, "Évacuer");
    await tap(phone, "Donner l’alerte");
    await next(phone);
    await phone.waitForURL(/questions\/3/);
    await tap(phone, "Faux");
    await next(phone);
    await phone.waitForURL(/questions\/4/);
    await phone.locator("input.input").fill("Un extincteur au CO2");
    await next(phone);
    await phone.waitForURL(/questions\/5/);
    await phone.locator("input.input").fill("1,2");
    await next(phone, "Relire");
    await phone.getByText("Toutes les questions ont une réponse").waitFor();
    await phone.getByRole("button", { name: "Terminer" }).tap();
    await phone.waitForURL(/results\/2/);
    await assertLooks(phone, "quiz-result");
    await phone.goto("/");
    await phone.getByRole("heading", { name: "Terminé" }).waitFor();

    const desk = await site.signedIn(await trainer(site));
    await desk.goto(places.get(site).editor);
    await press(desk, desk.getByRole("link", { name: "Résultats" }));
    await desk.getByText("Essais terminés").waitFor();
    await assertLooks(desk, "quiz-results");
  });
});
