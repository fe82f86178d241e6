import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { icons } from './vite.icons.ts';

// The server finds the built file of an entry in the manifest, by the entry's path.
const entries = {
  frame: 'src/frame/main.ts',
  left: 'src/frame/left.ts',
  page: 'src/page/main.ts',
  window: 'src/page/window.ts',
  reading: 'src/page/reading.ts',
  quiz: 'src/page/quiz.ts',
  site: 'src/site/main.ts',
  content: 'src/site/content.ts',
  app: 'src/styles/app.css',
  player: 'src/styles/player.css',
};

export default defineConfig({
  base: '/assets/',
  publicDir: false,
  plugins: [icons()],
  build: {
    outDir: 'dist',
    assetsDir: '',
    manifest: true,
    // Safari 16.4 and Firefox 115 are the oldest browsers of the organisations that we serve.
    target: ['es2022', 'chrome109', 'firefox115', 'safari16.4'],
    modulePreload: false,
    // A font inlined in the CSS would be loaded by pages that never show it.
    assetsInlineLimit: 0,
    rollupOptions: { input: Object.fromEntries(Object.entries(entries).filter(([, path]) => existsSync(path))) },
  },
  server: { fs: { allow: ['..'] } },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
