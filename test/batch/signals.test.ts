/**
 * A signal ends the batch while traces are replayed, and is told; the reports, which take as long
 * as they take, hear none, so that it ends the program as it ends any other.
 */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { endingSignals } from '../../src/base/ending_signals.js';
import { runTraces } from '../../src/cli/program/batch.js';

const flags = {
  jobs: 1, timeout: undefined, 'max-memory': 0, cache: false, 'cache-dir': undefined,
  results: undefined, shard: undefined, baseline: undefined, quiet: true, resume: false,
};

/** Expect: while the report is made nobody but the system hears a signal. */
test.each(endingSignals)('%s ends the program in its reports', async (signal) => {
  const before = process.listenerCount(signal);
  let within = -1;
  const status = await runTraces([], flags, async () => {
    within = process.listenerCount(signal);
  });
  expect([status, within]).toEqual([0, before]);
});

/** Expect: a terminal that goes ends it as Ctrl-C does: in order, and told. */
test.each(endingSignals)('%s ends the replays', async (signal) => {
  const job = { path: join(packageRoot(), 'traces/zonelists-S2-dimm/trace.csv'), series: [],
    base: undefined, config: {}, boot: undefined, tool: 'test' };
  const running = runTraces(Array.from({ length: 50 }, () => job), flags, async () => undefined);
  process.kill(process.pid, signal);
  expect(await running).toBe(130);
});
