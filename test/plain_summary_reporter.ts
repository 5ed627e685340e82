import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/**
 * Ends the run with one plain line, `N passed, N failed`, for scripts and people without colours;
 * `, N skipped` follows when tests were left out. A file that could not be loaded and an error
 * outside of any test count as failed.
 */
export default class PlainSummaryReporter implements Reporter {
  onTestRunEnd(
    modules: readonly TestModule[], unhandledErrors: readonly SerializedError[],
  ): void {
    let passed = 0;
    let skipped = 0;
    let failed = unhandledErrors.length;
    for (const module of modules) {
      failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const state = test.result().state;
        if (state === 'passed') passed += 1;
        if (state === 'failed') failed += 1;
        if (state === 'skipped') skipped += 1;
      }
    }
    const leftOut = skipped === 0 ? '' : `, ${skipped} skipped`;
    process.stdout.write(`\n${passed} passed, ${failed} failed${leftOut}\n`);
  }
}
