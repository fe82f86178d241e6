import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

const LIST = 'src/icons.json';
const FAVICON = 'src/favicon.svg';

/** One symbol of the sprite: the drawing of a Lucide icon without its frame. */
function symbol(folder: string, name: string): string {
  const svg = readFileSync(join(folder, `${name}.svg`), 'utf8');
  const inner = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>'));
  return `<symbol id="${name}" viewBox="0 0 24 24">${inner.replace(/\s+/g, ' ').trim()}</symbol>`;
}

/** Assembles the icons named in src/icons.json into one file; the server finds it and the favicon in the manifest. */
export function icons(): Plugin {
  return {
    name: 'preau-icons',
    apply: 'build',
    buildStart() {
      this.addWatchFile(LIST);
    },
    generateBundle() {
      const folder = join(dirname(createRequire(import.meta.url).resolve('lucide-static/package.json')), 'icons');
      const names: string[] = JSON.parse(readFileSync(LIST, 'utf8'));
      const sprite = `<svg xmlns="http://www.w3.org/2000/svg">${names.map((name) => symbol(folder, name)).join('')}</svg>`;
      this.emitFile({ type: 'asset', name: 'icons.svg', originalFileName: LIST, source: sprite });
      this.emitFile({ type: 'asset', name: 'favicon.svg', originalFileName: FAVICON, source: readFileSync(FAVICON, 'utf8') });
    },
  };
}
