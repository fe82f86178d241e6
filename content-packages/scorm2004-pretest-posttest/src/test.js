/**
 * The test before and the test after: the score decides success by the manifest's threshold, and each theme (`data-theme`) becomes the
 * objective of the same name, so that the lessons of a theme already known are skipped.
 */
import { openQuiz } from "../../shared/quiz.js";
import { openSco } from "../../shared/scorm.js";

const sco = openSco("2004");
const form = document.querySelector("form[data-quiz]");
const onward = document.querySelector("[data-onward]");

sco.keepPlace(1);
openQuiz(form, {
  answers: sco.notes.answers,
  onChange: (answers) => sco.keepNotes({ answers }),
  onAnswered(outcome) {
    sco.keepNotes({ answers: outcome.answers });
    sco.answered(outcome.questions);
    sco.score(outcome.score);
    for (const [theme, satisfied] of themes(outcome.questions)) setObjective(theme, satisfied);
    sco.set("cmi.progress_measure", "1");
    sco.status({ completed: true, passed: outcome.passed });
    if (onward) onward.hidden = sco.get("adl.nav.request_valid.continue") !== "true";
  },
});
onward?.addEventListener("click", () => {
  sco.set("adl.nav.request", "continue");
  sco.end();
});

/** A theme is known when each of its questions was answered right. */
function themes(questions) {
  const known = new Map();
  for (const question of questions) {
    const { theme } = form.querySelector(`[data-question="${question.id}"]`).dataset;
    if (theme) known.set(theme, (known.get(theme) ?? true) && question.correct);
  }
  return known;
}
function setObjective(id, satisfied) {
  const count = Number(sco.get("cmi.objectives._count")) || 0;
  for (let index = 0; index < count; index++) {
    if (sco.get(`cmi.objectives.${index}.id`) === id) {
      sco.set(`cmi.objectives.${index}.success_status`, satisfied ? "passed" : "failed");
      sco.set(`cmi.objectives.${index}.completion_status`, "completed");
    }
  }
}
