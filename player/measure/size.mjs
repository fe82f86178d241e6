/** What the browser downloads for the player, gzipped. Fails above the limit. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const LIMIT = 60 * 1024;
const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'));

/** A script with everything it imports. */
function files(entry, seen = new Set()) {
  const { file, imports = [] } = manifest[entry];
  seen.add(file);
  for (const other of imports) files(other, seen);
  return seen;
}

const sizes = new Map();
for (const entry of ['src/page/main.ts', 'src/frame/main.ts']) {
  for (const file of files(entry)) sizes.set(file, gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length);
}
for (const [file, size] of sizes) console.log(`${String(size).padStart(7)}  ${file}`);
const sum = [...sizes.values()].reduce((left, right) => left + right, 0);
console.log(`${String(sum).padStart(7)}  page and frame together, limit ${LIMIT}`);
process.exit(sum > LIMIT ? 1 : 0);
