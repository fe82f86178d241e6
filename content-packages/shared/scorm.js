/**
 * One face for both SCORM versions over the wrapper that most hand-made courses use.
 *
 * A course asks for `place`, keeps `notes` (suspend_data, a JSON object), and says what happened; the names of the data model
 * stay here.
 */
import { SCORM } from "pipwerks-scorm-api-wrapper";
import { sayNothingIsKept } from "./book.js";

const NAMES = {
  "1.2": { place: "cmi.core.lesson_location", score: "cmi.core.score", time: "cmi.core.session_time", learner: "cmi.core.student_name", response: "student_response", wrong: "wrong", when: "time" },
  2004: { place: "cmi.location", score: "cmi.score", time: "cmi.session_time", learner: "cmi.learner_name", response: "learner_response", wrong: "incorrect", when: "timestamp" },
};

/** Opens the session with the training service. `version` is "1.2" or "2004". */
export function openSco(version) {
  const names = NAMES[version];
  const began = Date.now();
  SCORM.version = version;
  const connected = SCORM.init();
  if (!connected) sayNothingIsKept();
  const get = (name) => (connected ? SCORM.get(name) : "");
  const set = (name, value) => connected && SCORM.set(name, String(value));
  const save = () => connected && SCORM.save();

  let ended = false;
  function end() {
    if (ended || !connected) return;
    ended = true;
    set(names.time, version === "1.2" ? clockTime(Date.now() - began) : `PT${((Date.now() - began) / 1000).toFixed(2)}S`);
    SCORM.quit();
  }
  // A phone that puts the page away sends pagehide and nothing after it.
  window.addEventListener("pagehide", end);

  return {
    connected,
    get,
    set,
    save,
    end,
    learner: get(names.learner),
    /** The page the learner had reached, from "page-3"; 1 at the first visit. */
    place: Number(/^page-(\d+)$/.exec(get(names.place))?.[1] ?? 1),
    keepPlace(page) {
      set(names.place, `page-${page}`);
      save();
    },
    /** What the course remembers from one visit to the next. */
    notes: readNotes(get("cmi.suspend_data")),
    keepNotes(notes) {
      set("cmi.suspend_data", JSON.stringify(notes));
      save();
    },
    score(share) {
      const raw = Math.round(share * 100);
      set(`${names.score}.min`, 0);
      set(`${names.score}.max`, 100);
      set(`${names.score}.raw`, raw);
      if (version === "2004") set("cmi.score.scaled", (raw / 100).toString());
    },
    /** Completed and, when `passed` is given, succeeded or not. Version 1.2 has one element for both. */
    status({ completed, passed }) {
      if (version === "1.2") {
        if (passed !== undefined) set("cmi.core.lesson_status", passed ? "passed" : "failed");
        else if (completed) set("cmi.core.lesson_status", "completed");
      } else {
        if (completed) set("cmi.completion_status", "completed");
        if (passed !== undefined) set("cmi.success_status", passed ? "passed" : "failed");
      }
      save();
    },
    /** One interaction a question, appended to those of earlier attempts. */
    answered(questions) {
      let index = Number(get("cmi.interactions._count")) || 0;
      for (const question of questions) {
        const at = `cmi.interactions.${index++}`;
        set(`${at}.id`, question.id);
        set(`${at}.type`, "choice");
        set(`${at}.${names.when}`, version === "1.2" ? new Date().toTimeString().slice(0, 8) : new Date().toISOString().slice(0, 19) + "Z");
        set(`${at}.correct_responses.0.pattern`, question.expected);
        set(`${at}.${names.response}`, question.given);
        set(`${at}.result`, question.correct ? "correct" : names.wrong);
        if (version === "2004") set(`${at}.description`, question.text.slice(0, 250));
      }
      save();
    },
  };
}

function readNotes(text) {
  try {
    const notes = JSON.parse(text);
    return notes && typeof notes === "object" ? notes : {};
  } catch {
    return {};
  }
}

/** CMITimespan of SCORM 1.2: HHHH:MM:SS.SS. */
function clockTime(milliseconds) {
  const seconds = milliseconds / 1000;
  const two = (number) => String(Math.floor(number)).padStart(2, "0");
  return `${String(Math.floor(seconds / 3600)).padStart(4, "0")}:${two((seconds / 60) % 60)}:${(seconds % 60).toFixed(2).padStart(5, "0")}`;
}
