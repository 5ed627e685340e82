/** What the text says of the policies that were run. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { evaluate } from '../../src/pipeline.js';
import text from '../../src/report/formats/text.js';
import { resultsOf } from '../../src/report/report.js';

const path = join(packageRoot(), 'traces/zonelists-S2-dimm/trace.csv');

async function report(...series: readonly string[]): Promise<string> {
  const comparison = await evaluate({ path, series, base: undefined, config: {}, tool: 'test' });
  const options = { limit: 12, detail: 'full' as const, quietSame: false };
  return [...text.render(resultsOf([comparison]), options)].join('')
    .replaceAll(/\s+/g, ' ');
}

it('names the mail of each policy, and what it does where they are few', async () => {
  const few = await report('zonelists/populated_zone', 'zonelists/all_zones');
  expect(few).toContain('Policies -------- * populated_zone: [PATCH v2] mm, page_alloc: fix ' +
    'build_zonerefs_node(); Juergen Gross, 2022-04-07; in v5.18 -, v5.17.4, v5.15.35, v5.10.112; ' +
    'https://lore.kernel.org/r/20220407120637.9035-1-jgross@suse.com. Puts back the test ');
  expect(few).toMatch(/\* all_zones: Re: \[PATCH\] .*; never released; https:\S+\. /);
});

it('names only the mails of many, and a patch of two series once', async () => {
  const many = await report('zonelists/populated_zone', 'zonelists/all_zones',
    'zonelists/managed_zone', 'zonelists/populated_zone+try_offline_node/merged');
  const part = /Policies -------- (.*) Replay ------/.exec(many)?.[1] ?? '';
  expect(part.match(/\* \S+:/g)).toEqual([
    '* zonelists/populated_zone:', '* zonelists/all_zones:', '* zonelists/managed_zone:',
    '* try_offline_node/merged:']);
  expect(part).not.toContain('Puts back');
});

it('has no such part where no policy was run', async () => {
  expect(await report('base')).not.toContain('Policies');
});
