import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));

export default defineConfig({
  root,
  resolve: { alias: { mmreplay: `${root}src/patch/define.ts` } },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/kernel/**'],
    globalSetup: ['test/own_tmp.ts'],
    reporters: ['default', './test/plain_summary_reporter.ts'],
    // Vitest leaves one core to its own work, which is little.
    maxWorkers: '100%',
    // Whole recordings are replayed and whole commands are run, on slow machines too.
    testTimeout: 240_000,
    hookTimeout: 120_000,
  },
});
