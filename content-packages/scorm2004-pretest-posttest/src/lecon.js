import { openLesson } from "../../shared/lesson.js";
import { openSco } from "../../shared/scorm.js";

const sco = openSco("2004");
openLesson(sco, { onTurn: (share) => sco.set("cmi.progress_measure", share.toFixed(2)) });
