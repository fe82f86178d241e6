#!/usr/bin/env node
/**
 * Builds the sample packages and media: every folder with a manifest becomes NAME.zip, broken/NAME becomes broken/NAME.zip.
 *
 *     node content-packages/build.mjs [--out DIR]      (default: build, beside this folder; packages/ and media/ are made in it)
 *
 * In a package, `src/NAME.js` is bundled to NAME.js; `course.css` and the libraries that its pages name are added. A page that
 * holds a `<lesson>` is put into `shared/lesson.html`. Archives are the
 * same byte for byte when the sources are, and nothing is done when no source changed.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildMedia } from "./media.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const MANIFESTS = ["imsmanifest.xml", "cmi5.xml", "tincan.xml"];
/** Libraries that courses load as a script of their own, by the name pages give them. */
const LIBRARIES = { "tincan-min.js": "node_modules/tincanjs/build/tincan-min.js" };
const SHARED_STYLE = "course.css";
/** What stands around every lesson. */
const LESSON = readFileSync(join(here, "shared", "lesson.html"), "utf8");
/** A fixed date: an archive's bytes depend on its sources alone. */
const DATE = new Date(2026, 0, 1);

function filesUnder(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)).split(sep).join("/"))
    .sort();
}

function sourcesDigest() {
  const digest = createHash("sha256");
  for (const file of filesUnder(here).filter((file) => !file.startsWith("node_modules/"))) {
    digest.update(file).update("\0").update(readFileSync(join(here, file))).update("\0");
  }
  return digest.digest("hex");
}

/** Files of one package by their name in the archive. */
async function contents(folder) {
  const files = {};
  const names = filesUnder(folder);
  for (const name of names.filter((name) => !name.startsWith("src/"))) {
    const bytes = readFileSync(join(folder, name));
    files[name] = name.endsWith(".html") ? Buffer.from(frenchSpaces(page(name, bytes.toString("utf8")))) : bytes;
  }

  const entries = names.filter((name) => /^src\/[^/]+\.js$/.test(name)).map((name) => join(folder, name));
  if (entries.length > 0) {
    const { build } = await import("esbuild");
    const bundle = await build({
      entryPoints: entries, outdir: folder, write: false, bundle: true, minify: true, format: "iife", target: "es2020",
      platform: "browser", charset: "utf8", legalComments: "none", logLevel: "warning",
    });
    for (const output of bundle.outputFiles) files[relative(folder, output.path)] = Buffer.from(output.contents);
  }
  const pages = names.filter((name) => name.endsWith(".html")).map((name) => files[name].toString("utf8")).join("\n");
  if (pages.includes(`${SHARED_STYLE}"`)) files[SHARED_STYLE] = readFileSync(join(here, "shared", SHARED_STYLE));
  for (const [name, source] of Object.entries(LIBRARIES)) {
    if (pages.includes(`${name}"`)) files[name] = readFileSync(join(here, source));
  }
  return files;
}

async function archive(folder, target) {
  const { zipSync } = await import("fflate");
  const files = await contents(folder);
  const tree = Object.fromEntries(Object.keys(files).sort().map((name) => [name, [files[name], { mtime: DATE, level: 9 }]]));
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, zipSync(tree));
}

/**
 * The whole page of `<lesson title="…" course="…" scripts="a.js b.js">` with its sections, one of them seen at a time; `ends` adds
 * the button that leaves. Other pages are whole already.
 */
function page(name, html) {
  const [, attributes, sections] = /^<lesson (.*)>\n([\s\S]*?)\n?<\/lesson>\n$/.exec(html) ?? [];
  if (attributes === undefined) return html;
  const given = Object.fromEntries([...attributes.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]));
  const root = "../".repeat(name.split("/").length - 1);
  const button = (kind, label) => `    <button type="button" ${kind}>${label}</button>`;
  const parts = {
    root,
    title: given.title,
    course: given.course,
    scripts: given.scripts.split(" ").map((script) => `  <script src="${root}${script}" defer></script>`).join("\n"),
    pages: sections.split("<section data-page").length - 1,
    sections: sections.replace(/^(?=.)/gm, "    "),
    buttons: [
      button('class="quiet" data-turn="back" disabled', "Page précédente"),
      ...(/ ends$/.test(attributes) ? [button('class="quiet" data-end hidden', "Terminer et quitter")] : []),
      button('data-turn="next" disabled', "Page suivante"),
    ].join("\n"),
  };
  return LESSON.replace(/\{\{(\w+)\}\}/g, (_, part) => parts[part]);
}

/** Narrow no-break spaces where French wants them and keyboards have none. Pages hold no inline script or style. */
function frenchSpaces(html) {
  return html.replace(/ ([;:!?»%€])/g, "\u202f$1").replace(/« /g, "«\u202f");
}

function foldersIn(folder, wanted) {
  return readdirSync(folder)
    .filter((name) => name !== "node_modules" && statSync(join(folder, name)).isDirectory() && wanted(join(folder, name)))
    .sort();
}

const { values } = parseArgs({ options: { out: { type: "string" }, help: { type: "boolean", short: "h" } } });
if (values.help) {
  console.log("Usage: node content-packages/build.mjs [--out DIR]\nBuilds the sample packages into DIR/packages and the media samples into DIR/media (default DIR: build).");
  process.exit(0);
}
const out = resolve(values.out ?? join(here, "..", "build"));
const packages = join(out, "packages");
const stamp = join(packages, ".sources");
const digest = sourcesDigest();

if (existsSync(stamp) && readFileSync(stamp, "utf8") === digest) {
  console.log("Sample packages: nothing changed.");
} else {
  if (!existsSync(join(here, "node_modules"))) {
    console.error("content-packages: its libraries are missing; run `npm ci` in content-packages first.");
    process.exit(1);
  }
  rmSync(packages, { recursive: true, force: true });
  const good = foldersIn(here, (folder) => MANIFESTS.some((manifest) => existsSync(join(folder, manifest))));
  const broken = foldersIn(join(here, "broken"), () => true);
  for (const name of good) await archive(join(here, name), join(packages, `${name}.zip`));
  for (const name of broken) await archive(join(here, "broken", name), join(packages, "broken", `${name}.zip`));
  writeFileSync(stamp, digest);
  console.log(`Sample packages: ${good.length} courses and ${broken.length} broken ones in ${relative(process.cwd(), packages) || "."}.`);
}
buildMedia(join(out, "media"));
