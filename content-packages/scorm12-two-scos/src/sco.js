import { openLesson } from "../../shared/lesson.js";
import { openSco } from "../../shared/scorm.js";

openLesson(openSco("1.2"));
