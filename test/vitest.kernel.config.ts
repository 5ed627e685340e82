import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Tests that boot kernels in QEMU, one guest at a time: `npm run test:kernel`. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['test/kernel/**/*.test.ts'],
    globalSetup: ['test/own_tmp.ts', 'test/kernel/kernels.ts'],
    reporters: ['verbose', './test/plain_summary_reporter.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
