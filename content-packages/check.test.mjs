/** The built packages hold what their manifests and pages name, and the same sources give the same bytes. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, describe, it } from "node:test";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { unzipSync } from "fflate";

const here = fileURLToPath(new URL(".", import.meta.url));
const good = ["scorm12-single", "scorm12-two-scos", "scorm2004-simple", "scorm2004-pretest-posttest", "cmi5-one-au", "cmi5-two-aus", "tincan-accueil", "isolation-probe"];
let out;

const build = () => execFileSync(process.execPath, [join(here, "build.mjs"), "--out", out], { stdio: ["ignore", "ignore", "inherit"] });
const open = (name) => unzipSync(readFileSync(join(out, "packages", `${name}.zip`)));
const text = (files, name) => new TextDecoder().decode(files[name]);
const parse = (xml) => new XMLParser({ ignoreAttributes: false, attributeNamePrefix: "", alwaysCreateTextNode: true }).parse(xml);
const withoutQuery = (href) => href.replace(/[?#].*$/, "");
/** Every value of an attribute or element called `name`, at any depth. */
function all(node, name, found = []) {
  if (node && typeof node === "object") {
    for (const [key, value] of Object.entries(node)) {
      if (key === name) found.push(...(Array.isArray(value) ? value : [value]).map((each) => each?.["#text"] ?? each));
      all(value, name, found);
    }
  }
  return found;
}

before(() => {
  out = mkdtempSync(join(tmpdir(), "preau-packages-"));
  build();
});
after(() => rmSync(out, { recursive: true, force: true }));

for (const name of good) {
  describe(name, () => {
    it("names only files that it holds", () => {
      const files = open(name);
      const manifest = ["imsmanifest.xml", "cmi5.xml", "tincan.xml"].find((candidate) => files[candidate]);
      assert.ok(manifest, "a manifest at the root");
      assert.equal(XMLValidator.validate(text(files, manifest)), true, "well-formed XML");
      const tree = parse(text(files, manifest));
      const named = manifest === "cmi5.xml" ? all(tree, "url") : manifest === "tincan.xml" ? all(tree, "launch") : all(tree, "href");
      assert.ok(named.length > 0, "something to launch");
      for (const href of named) assert.ok(files[withoutQuery(href)], `${href} is in the archive`);
      if (manifest === "imsmanifest.xml") {
        const resources = all(tree, "resource").flat().map((resource) => resource.identifier);
        for (const reference of all(tree, "identifierref")) assert.ok(resources.includes(reference), `resource ${reference} exists`);
        const listed = new Set(named.map(withoutQuery));
        for (const file of Object.keys(files)) assert.ok(file === manifest || listed.has(file), `${file} is listed`);
      }
    });

    it("has pages that can be read on a phone and load only its own files", () => {
      const files = open(name);
      for (const page of Object.keys(files).filter((file) => file.endsWith(".html"))) {
        const html = text(files, page);
        assert.match(html, /<html lang="fr">/, page);
        assert.match(html, /<meta name="viewport"/, page);
        assert.match(html, /<title>[^<]+<\/title>/, page);
        assert.match(html, /<h1[ >]/, page);
        for (const [, reference] of html.matchAll(/(?:src|href)="([^"#]+)"/g)) {
          assert.ok(files[posix.join(posix.dirname(page), reference)], `${page} loads ${reference}`);
        }
        for (const [, question] of html.matchAll(/<fieldset (data-question=[\s\S]*?)<\/fieldset>/g)) {
          const answer = /data-answer="([^"]+)"/.exec(question)[1];
          assert.ok(question.includes(`value="${answer}"`), `${page}: the right answer ${answer} can be chosen`);
        }
      }
    });
  });
}

describe("the build", () => {
  it("makes every course and every broken package, each told in the README", () => {
    const readme = readFileSync(join(here, "README.md"), "utf8");
    const made = readdirSync(join(out, "packages")).filter((file) => file.endsWith(".zip")).map((file) => file.slice(0, -4));
    assert.deepEqual(made.sort(), [...good].sort());
    const broken = readdirSync(join(out, "packages", "broken")).map((file) => file.slice(0, -4));
    assert.deepEqual(broken.sort(), readdirSync(join(here, "broken")).filter((entry) => !entry.startsWith(".")).sort());
    for (const name of [...made, ...broken]) assert.ok(readme.includes(`\`${name}\``), `README tells ${name}`);
  });

  it("gives the same bytes again", () => {
    const read = () => good.map((name) => readFileSync(join(out, "packages", `${name}.zip`)).toString("base64"));
    const first = read();
    rmSync(join(out, "packages"), { recursive: true });
    build();
    assert.deepEqual(read(), first);
  });

  it("makes a film and a recording", () => {
    for (const sample of ["chantier.mp4", "accueil.mp3"]) {
      const { length } = readFileSync(join(out, "media", sample));
      assert.ok(length > 50_000 && length < 1_000_000, `${sample}: ${length} bytes`);
    }
  });
});
