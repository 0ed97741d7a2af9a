// Bundles the platform's page as the platform's own tools would: `node build.mjs <folder>`.
import { join } from 'node:path';
import { build } from 'vite';

const [, , outDir] = process.argv;
process.env.NODE_ENV = 'production';
await build({
  configFile: false,
  root: import.meta.dirname,
  logLevel: 'warn',
  build: {
    outDir,
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: join(import.meta.dirname, 'page.js'),
      output: { entryFileNames: 'page.js' },
    },
  },
});
