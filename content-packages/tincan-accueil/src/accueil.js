/**
 * An xAPI course over tincanjs, loaded by the page as a script of its own (`TinCan`). The launch parameters are in the address, the place
 * and the answers in the state resource.
 */
import { openBook, sayNothingIsKept } from "../../shared/book.js";
import { openQuiz } from "../../shared/quiz.js";

const COURSE = "https://exemples.preau.fr/activites/accueil-du-public";
const STATE = "place";
const VERBS = {
  initialized: ["http://adlnet.gov/expapi/verbs/initialized", "a commencé"],
  experienced: ["http://adlnet.gov/expapi/verbs/experienced", "a consulté"],
  answered: ["http://adlnet.gov/expapi/verbs/answered", "a répondu à"],
  passed: ["http://adlnet.gov/expapi/verbs/passed", "a réussi"],
  failed: ["http://adlnet.gov/expapi/verbs/failed", "a échoué à"],
  completed: ["http://adlnet.gov/expapi/verbs/completed", "a terminé"],
  terminated: ["http://adlnet.gov/expapi/verbs/terminated", "a quitté"],
};

const began = Date.now();
const tincan = new TinCan({ url: window.location.href });
const connected = tincan.recordStores.length > 0 && tincan.actor !== null;
const kept = { page: 1, seen: [], answers: {}, completed: false, ...(connected ? read() : {}) };
if (!connected) sayNothingIsKept();

function read() {
  const { err, state } = tincan.getState(STATE);
  try {
    if (err !== null || state === null) return {};
    // TinCan parses a JSON document itself, according to its Content-Type.
    return typeof state.contents === "string" ? JSON.parse(state.contents) : state.contents;
  } catch {
    return {};
  }
}
function keep() {
  if (connected) tincan.setState(STATE, JSON.stringify(kept), { contentType: "application/json", callback() {} });
}
function say(verb, { id = COURSE, name = "Accueil du public", type = "course", result } = {}) {
  if (!connected) return;
  const [verbId, display] = VERBS[verb];
  tincan.sendStatement({
    verb: { id: verbId, display: { fr: display } },
    object: { id, definition: { type: `http://adlnet.gov/expapi/activities/${type}`, name: { fr: name } } },
    result,
    context: { language: "fr" },
  }, () => {});
}

say("initialized");
const book = openBook({
  start: kept.page,
  onTurn(page) {
    const first = !kept.seen.includes(page);
    kept.page = page;
    if (first) kept.seen.push(page);
    keep();
    if (first) {
      const title = document.querySelector("[data-page]:not([hidden]) h1").textContent;
      say("experienced", { id: `${COURSE}/page-${page}`, name: title, type: "module" });
    }
  },
});
window.addEventListener("pagehide", () => say("terminated", { result: { duration: `PT${Math.round((Date.now() - began) / 1000)}S` } }), { once: true });
openQuiz(document.querySelector("form[data-quiz]"), {
  answers: kept.answers,
  onChange(answers) {
    kept.answers = answers;
    keep();
  },
  onAnswered(outcome) {
    kept.answers = outcome.answers;
    for (const question of outcome.questions) {
      say("answered", {
        id: `${COURSE}/quiz/${question.id}`, name: question.text, type: "question",
        result: { response: question.given, success: question.correct },
      });
    }
    const result = { score: { scaled: outcome.score, raw: outcome.right, min: 0, max: outcome.total }, success: outcome.passed };
    say(outcome.passed ? "passed" : "failed", { id: `${COURSE}/quiz`, name: "Accueil du public : le quiz", type: "assessment", result });
    if (outcome.passed && kept.seen.length === book.pages && !kept.completed) {
      kept.completed = true;
      say("completed", { result: { completion: true, success: true, score: result.score, duration: `PT${Math.round((Date.now() - began) / 1000)}S` } });
    }
    keep();
  },
});
