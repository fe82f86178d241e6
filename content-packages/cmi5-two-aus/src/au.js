import { openAu } from "../../shared/au.js";

openAu();
