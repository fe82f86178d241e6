#!/usr/bin/env node
/**
 * Runs the journeys: `node tests/browser/run.mjs [NAME...]` (all of tests/browser/journeys, or those whose file name begins so).
 * SCREENSHOTS=1 keeps pictures in tests/browser/screenshots.
 */
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";

const folder = fileURLToPath(new URL("journeys/", import.meta.url));
const wanted = process.argv.slice(2);
const files = readdirSync(folder)
  .filter((file) => file.endsWith(".test.mjs") && (wanted.length === 0 || wanted.some((name) => file.startsWith(name))))
  .map((file) => join(folder, file));
if (files.length === 0) {
  console.error(`No journey is called ${wanted.join(", ")}.`);
  process.exit(1);
}
// Three at a time keep two cores busy: each has a server and a Chromium of its own.
const child = spawn(process.execPath, ["--test", "--test-reporter=spec", "--test-concurrency=3", ...files], { stdio: "inherit" });
child.on("exit", (code) => process.exit(code ?? 1));
