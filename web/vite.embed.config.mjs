import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';

/** The components for pages of others, as an ES module. React is the page's own. */
export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  plugins: [tailwindcss(), focusInShadowRoots(), stylesForShadowRoots()],
  define: { 'process.env.NODE_ENV': '"production"' },
  build: {
    outDir: '../dist/embed',
    emptyOutDir: true,
    target: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    modulePreload: { polyfill: false },
    lib: { entry: 'src/embed/anycademy-discord.tsx', formats: ['es'], fileName: () => 'anycademy-discord.js' },
    rolldownOptions: {
      external: [/^react($|\/)/, /^react-dom($|\/)/],
      output: { chunkFileNames: '[name]-[hash].js' },
    },
  },
});

/** Radix asks the document what has the focus. For what is in a shadow root the document only names its host. */
function focusInShadowRoots() {
  const FOCUS = 'virtual:focus';
  return {
    name: 'focus-in-shadow-roots',
    enforce: 'pre',
    resolveId: (id) => (id === FOCUS ? `\0${FOCUS}` : undefined),
    load: (id) =>
      id === `\0${FOCUS}`
        ? `export function focused() {
             let found = document.activeElement;
             while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
             return found;
           }`
        : undefined,
    transform(code, id) {
      if (!id.includes('/@radix-ui/') || !/\.activeElement\b/.test(code)) return undefined;
      const changed = code.replace(/\b(document|ownerDocument)\.activeElement\b/g, 'focused()');
      if (/\.activeElement\b/.test(changed)) throw new Error(`${id} asks for the focus in a way that is not known.`);
      return `import { focused } from '${FOCUS}';\n${changed}`;
    },
  };
}

/** Tailwind's output counts on being a document's own: on its root's font size, and on `@property`. */
function stylesForShadowRoots() {
  return {
    name: 'styles-for-shadow-roots',
    enforce: 'post',
    transform(code, id) {
      if (!id.endsWith('embed.css?inline')) return undefined;
      // What `@property` would give, Tailwind also has for browsers without it: under a condition that is left out.
      const fallback = /@layer properties\{@supports [^{]+\{((?:[^{}]*\{[^{}]*\})*)\}\}/;
      if (!fallback.test(code)) throw new Error('Tailwind gives its first values in a way that is not known.');
      return code
        .replace(fallback, '@layer properties{$1}')
        .replace(/@property [^{]+\{[^}]*\}/g, '')
        .replace(/(?<![\w.-])(\d*\.?\d+)rem\b/g, (_, size) => `${Number(size) * 16}px`);
    },
  };
}
