/**
 * A cmi5 assignable unit over @xapi/cmi5: the place and the answers are kept in the state resource, the outcome in the statements the
 * specification asks for (initialized, completed, passed or failed, terminated).
 */
import Cmi5 from "@xapi/cmi5";
import { openBook, sayNothingIsKept } from "./book.js";
import { openQuiz } from "./quiz.js";

const STATE = "fr.preau.exemples.place";

export async function openAu() {
  const form = document.querySelector("form[data-quiz]");
  const cmi5 = Cmi5.isCmiAvailable ? Cmi5.instance : null;
  if (!cmi5) {
    sayNothingIsKept();
    openBook();
    if (form) openQuiz(form);
    return;
  }
  await cmi5.initialize();
  const { activityId, actor, registration } = cmi5.launchParameters;
  const key = { agent: actor, activityId, registration, stateId: STATE };
  const kept = { page: 1, seen: [], answers: {}, completed: false, passed: false, ...(await readState(cmi5, key)) };
  const normal = (cmi5.launchData?.launchMode ?? "Normal") === "Normal";
  const button = document.querySelector("[data-end]");

  // Requests go out one after the other: the order of statements is the order of the learner's acts.
  let queue = Promise.resolve();
  const later = (act) => (queue = queue.then(act).catch((error) => console.warn("cmi5:", error)));
  const keep = () => normal && later(() => cmi5.xapi.setState({ ...key, state: { ...kept } }));
  const judge = (pages) => {
    if (!normal || kept.completed || kept.seen.length < pages) return;
    kept.completed = true;
    keep();
    later(() => cmi5.complete());
  };

  const book = openBook({
    start: kept.page,
    onTurn(page, pages) {
      kept.page = page;
      if (!kept.seen.includes(page)) kept.seen.push(page);
      keep();
      judge(pages);
      if (button) button.hidden = page !== pages;
    },
  });
  if (form) {
    const pass = cmi5.launchData?.masteryScore;
    if (pass !== undefined) form.dataset.pass = pass;
    openQuiz(form, {
      answers: kept.answers,
      onChange(answers) {
        kept.answers = answers;
        keep();
      },
      onAnswered(outcome) {
        kept.answers = outcome.answers;
        if (!normal) return;
        for (const question of outcome.questions) {
          later(() => cmi5.interactionChoice(
            "quiz", question.id, [question.given], [question.expected],
            question.choices.map((choice) => ({ id: choice.id, description: { fr: choice.text } })),
            { fr: question.text }, undefined, question.correct,
          ));
        }
        // A unit passes once a registration (cmi5 9.3.4), and may fail before it.
        if (!kept.passed) later(() => (outcome.passed ? cmi5.pass({ scaled: outcome.score }) : cmi5.fail({ scaled: outcome.score })));
        kept.passed ||= outcome.passed;
        keep();
      },
    });
  }
  const end = () => later(() => cmi5.terminate());
  button?.addEventListener("click", () => {
    button.disabled = true;
    button.textContent = "Module terminé";
    end().then(() => {
      const back = cmi5.launchData?.returnURL;
      if (back) window.location.assign(back);
    });
  });
  return book;
}

async function readState(cmi5, key) {
  try {
    return (await cmi5.xapi.getState(key)).data;
  } catch {
    return {}; // 404: the first visit.
  }
}
