/** One script and one style, which the report puts into its page. */
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export default {
  root: here('.'),
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: here('../../dist/page'),
    emptyOutDir: true,
    target: 'es2022',
    lib: { entry: here('main.tsx'), formats: ['iife'], name: 'mmreplay',
      fileName: () => 'page.js', cssFileName: 'page' },
  },
};
