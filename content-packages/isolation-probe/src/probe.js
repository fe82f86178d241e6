/**
 * Hostile content, honest report: tries to reach the application that frames it and says what it got, in the page (`data-probe`) and in
 * `cmi.suspend_data`. Each answer begins with "refused" or "got".
 */
import { openSco } from "../../shared/scorm.js";

const sco = openSco("1.2");
const report = {};

/** The application's origin as content can learn it: the chain of framing pages, else the referrer. */
function applicationOrigin() {
  const chain = window.location.ancestorOrigins;
  if (chain?.length) return chain[chain.length - 1];
  if (document.referrer && new URL(document.referrer).origin !== window.location.origin) return new URL(document.referrer).origin;
  return window.location.origin.replace("//content.", "//").replace("//contenu.", "//");
}
const application = applicationOrigin();

function tell(name, text) {
  report[name] = String(text).slice(0, 200);
  document.querySelector(`[data-probe="${name}"]`).textContent = report[name];
}
async function attempt(name, act) {
  try {
    const got = await act();
    tell(name, got === null ? "refused: nothing" : `got: ${got}`);
  } catch (error) {
    tell(name, `refused: ${error.name}`);
  }
}
/** What a request with the learner's cookies brings back: an opaque answer is a refusal, a readable one is not. */
async function request(path, options = {}) {
  const answer = await fetch(application + path, { credentials: "include", ...options });
  if (answer.type === "opaque") return null;
  return `${answer.status} ${(await answer.text()).slice(0, 80)}`;
}

tell("application", application);
probe();

/** What is above a frame; nothing where it shows itself as the highest there is. */
function above(frame) {
  if (frame.parent === frame) throw new Error("nothing is above");
  return frame.parent;
}

async function probe() {
  await attempt("cookies", () => document.cookie || null);
  await attempt("top", () => window.top.document.title);
  await attempt("grandparent", () => above(window.parent).document.body.textContent.slice(0, 80));
  await attempt("storage", () => window.top.localStorage.length);
  await attempt("api", () => request("/api/v1/openapi.json"));
  await attempt("home", () => request("/"));
  await attempt("write", () => request("/me/locale", { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body: "locale=en" }));
  await attempt("service-worker", async () => (await navigator.serviceWorker.register("probe.js", { scope: "/" })).scope);
  sco.set("cmi.suspend_data", JSON.stringify(report));
  sco.status({ completed: true });
  tell("done", "Terminé");
}
