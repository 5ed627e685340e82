import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Tests that only read, of the model and of traces: files that follow each other in a worker share
 * the modules of the program, which is loaded and compiled once. The others replay policies (a run
 * that finds shared objects changed is stopped), change files or run the built command, and have a
 * process each.
 */
const sharing = ['linux', 'observe', 'trace', 'base', 'explore']
  .map((folder) => `test/${folder}/**/*.test.ts`);

const common = {
  root,
  resolve: { alias: { mmreplay: `${root}src/patch/define.ts` } },
};
const limits = {
  // Whole recordings are replayed and whole commands are run, on slow machines too.
  testTimeout: 240_000,
  hookTimeout: 120_000,
};

export default defineConfig({
  root,
  test: {
    globalSetup: ['test/own_tmp.ts'],
    reporters: ['default', './test/plain_summary_reporter.ts'],
    // Vitest leaves one core to its own work, which is little.
    maxWorkers: '100%',
    projects: [
      { ...common, test: { ...limits, name: 'model', include: sharing, isolate: false } },
      { ...common, test: { ...limits, name: 'program', include: ['test/**/*.test.ts'],
        exclude: ['test/kernel/**', ...sharing] } },
    ],
  },
});
