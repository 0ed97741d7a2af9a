import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';

/** Where `npm start` listens: `npm run web` serves the sources and hands everything else on to it. */
const SERVICE = 'http://localhost:3000';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [tailwindcss()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    // Colours by light-dark(), which is not to be rewritten.
    target: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    // The content security policy allows files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: {
      '/graphql': { target: SERVICE, ws: true },
      ...Object.fromEntries(['/auth', '/api', '/pictures'].map((path) => [path, { target: SERVICE }])),
    },
  },
});
