/**
 * A signal ends the batch while traces are replayed, and is told; the reports, which take as long
 * as they take, hear none, so that it ends the program as it ends any other.
 */
import { expect, test } from 'vitest';
import { runTraces } from '../../src/cli/program/batch.js';

const flags = {
  jobs: 1, timeout: undefined, 'max-memory': 0, cache: false, 'cache-dir': undefined,
  results: undefined, shard: undefined, baseline: undefined, quiet: true, resume: false,
};

/** Expect: while the report is made nobody but the system hears a signal. */
test.each(['SIGINT', 'SIGTERM'] as const)('%s ends the program in its reports', async (signal) => {
  const before = process.listenerCount(signal);
  let within = -1;
  const status = await runTraces([], flags, async () => {
    within = process.listenerCount(signal);
  });
  expect([status, within]).toEqual([0, before]);
});
