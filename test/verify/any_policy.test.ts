/** A kernel of which nobody says what it has: the policies that agree with it are named. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { variantsOf } from '../../src/patch/catalogue.js';
import { versionOfHeader } from '../../src/replay/version.js';
import { readTrace } from '../../src/trace/read.js';
import { policyAdvice } from '../../src/verify/any_policy.js';
import { verify } from '../../src/verify/verify.js';

async function adviceOn(recording: string): Promise<string | undefined> {
  const { trace } = await readTrace(join(packageRoot(), 'traces/recordings', recording));
  const options = { version: versionOfHeader(trace.header), name: recording };
  const without = verify(trace, { ...options, series: [] });
  return policyAdvice(trace, without, variantsOf('zonelists'), options);
}

test('a kernel that was built with a policy', async () => {
  const advice = await adviceOn('zonelist-withheld-all');
  expect(advice).toMatch(/^agrees most with zonelists\/all_zones \((\d+) of \1\)/);
});

test('a kernel that has none is not said to have one', async () => {
  expect(await adviceOn('remove-refused-online-again-6.12')).toBeUndefined();
});
