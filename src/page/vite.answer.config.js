/** What writes the answer into the page's file, for Node. */
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export default {
  root: here('.'),
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  ssr: { noExternal: true },
  build: {
    outDir: here('../../dist/page'),
    emptyOutDir: false,
    target: 'node20',
    ssr: here('answer.tsx'),
    rolldownOptions: { output: { format: 'cjs', entryFileNames: 'answer.cjs' } },
  },
};
