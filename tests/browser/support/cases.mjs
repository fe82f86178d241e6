/** Conformance cases of SCORM 2004 as data: which are played here, their packages, and whether an answer is the one they expect. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";
import { ROOT } from "./server.mjs";

/** Of each thing that a screen and a content can do, one case: calls and errors, hidden controls, flow, choice, a suspended course
 * taken up again, one that was ended and begins anew, one that begins by a choice, content that is taken away or abandoned, its
 * data over many visits, and a long way that ends by itself. */
const CHOSEN = ["API", "CM-01", "CM-03a", "CM-05", "CM-07e", "CM-09aa", "CM-17b", "DMB", "RU-14a", "SX-04b", "SX-05"];

const read = (path) => JSON.parse(readFileSync(path, "utf8"));

/** The folder of the cases; they lie beside the project and are no part of it. */
export function casesFolder() {
  const folder = process.env.SCORM_CASES || join(ROOT, "..", "shared", "scorm-cases");
  return existsSync(join(folder, "index.json")) ? folder : undefined;
}

/**
 * The sample: the chosen cases; in a folder that lacks some of them, others from all over it. The variable SCORM_CASE names others:
 * `SCORM_CASE=CM-01,DMB`, or `all`.
 */
export function sampleOf(folder) {
  const all = read(join(folder, "index.json")).map((entry) => entry.case);
  const wanted = process.env.SCORM_CASE?.split(",") ?? [];
  if (wanted.length > 0) return all.filter((name) => wanted.includes("all") || wanted.includes(name));
  const sample = CHOSEN.filter((name) => all.includes(name));
  const others = all.filter((name) => !sample.includes(name));
  const missing = Math.min(CHOSEN.length - sample.length, others.length);
  for (let n = 0; n < missing; n++) sample.push(others[Math.floor((n * others.length) / missing)]);
  return sample;
}

export const caseOf = (folder, name) => read(join(folder, name, `${name}.json`));

/** Writes the package of a case: its manifest, and a page that says nothing for each address it launches. */
export function packageOf(folder, name, target) {
  const files = { "imsmanifest.xml": new Uint8Array(readFileSync(join(folder, name, "imsmanifest.xml"))) };
  const page = new TextEncoder().encode(`<!doctype html><html lang=fr><meta charset=utf-8><title>${name}</title><h1>${name}</h1>`);
  for (const visit of caseOf(folder, name).visits) files[visit.launch.replace(/[?#].*$/s, "")] = page;
  writeFileSync(target, zipSync(files));
  return target;
}

/** Identifiers as the cases write them: white space trimmed and collapsed. */
export const plain = (identifier) => identifier.trim().split(/\s+/).join(" ");

/** Months, and hundredths of a second. */
function duration(text) {
  const read = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$/.exec(text);
  if (!read) return undefined;
  const [years, months, days, hours, minutes, seconds] = read.slice(1).map((figure) => Number(figure ?? 0));
  return `${years * 12 + months} ${Math.round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 100)}`;
}

function isSame(compare, answer, expected) {
  if (compare === "real") return answer !== "" && Math.abs(Number(answer) - Number(expected)) <= 5e-8;
  if (compare === "duration") return duration(answer) !== undefined && duration(answer) === duration(expected);
  if (compare !== undefined) throw new Error(`a comparison that the README does not tell of: ${compare}`);
  return answer === expected;
}

function isExpected({ expect, compare }, answer) {
  if (expect === null || expect === undefined) return true;
  if (typeof expect === "string") return isSame(compare, answer, expect);
  if (expect.oneOf) return expect.oneOf.includes(answer);
  if (expect.shorterThan) return [...answer].length < expect.shorterThan;
  if (expect.sameIds) return answer.length === expect.sameIds.length && answer.every((id) => expect.sameIds.includes(id));
  throw new Error(`an expectation that the README does not tell of: ${JSON.stringify(expect)}`);
}

/** What is wrong with an answer and its error code, in words; empty if nothing is. */
export function faultsOf(call, [answer, error]) {
  const told = `${call.fn}(${call.element ?? ""}${call.value === null || call.value === undefined ? "" : `, ${call.value}`})`;
  const faults = [];
  if (!isExpected(call, answer)) faults.push(`${told} answers ${JSON.stringify(answer)} instead of ${JSON.stringify(call.expect)}`);
  if (call.error !== null && call.error !== undefined && String(call.error) !== error) {
    faults.push(`${told} has the error ${error} instead of ${call.error}`);
  }
  return faults;
}

/**
 * Makes calls as the content does, all in one turn, in the content's own window. Gives each answer with the error after it; the
 * calls of `unload` are made when the content is taken away. This function runs in the browser.
 */
export function makeCalls({ calls, unload }) {
  let found = window;
  while (found.API_1484_11 === undefined) found = found.parent;
  const api = found.API_1484_11;
  const ids = (collection) =>
    Array.from({ length: Number(api.GetValue(`${collection}._count`)) }, (_, n) => api.GetValue(`${collection}.${n}.id`));
  const make = ({ fn, element, value, n }) => {
    if (fn === "ObjectiveIds") return [ids("cmi.objectives"), null];
    let name = element ?? "";
    if (n) {
      const place = ids(n.in).indexOf(n.id);
      if (place < 0) return [`no ${n.id}`, "none"];
      name = name.replaceAll("{n}", String(place));
    }
    const answer = fn === "GetLastError" ? api.GetLastError() : api[fn](...(fn === "SetValue" ? [name, value] : [name]));
    return [answer, api.GetLastError()];
  };
  if (unload.length > 0) window.addEventListener("unload", () => unload.forEach(make));
  return { version: api.version, answers: calls.map(make) };
}
