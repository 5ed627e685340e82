/** The verdict over real traces: what each policy fixes, adds, leaves and costs. */
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Comparison } from '../../src/compare/comparison.js';
import { questionVerdict } from '../../src/compare/verdict/question.js';
import type { PolicyVerdict } from '../../src/compare/verdict/verdict.js';
import { questionBlocks } from '../../src/report/verdict_question.js';
import { evaluate } from '../../src/pipeline.js';

async function comparisonOf(name: string): Promise<Comparison> {
  return evaluate({
    path: `traces/${name}/trace.csv`, series: [], base: undefined, config: {}, tool: 'test' });
}

function verdictOn(comparison: Comparison, policy: string): PolicyVerdict {
  const found = comparison.verdict?.policies.find(({ name }) => name === policy);
  if (found === undefined) throw new Error(`${policy} was not run`);
  return found;
}

const ids = (list: PolicyVerdict['fixes']): string[] => list.map(({ id }) => id);

/**
 *     0        800 MiB  896 MiB          2176 MiB
 *     |-- DMA32 --|      |-- Normal, new --|      withheld, then released last block first
 *
 * Expect: the base kills while 307200 pages are free; populated_zone fixes that at no cost.
 */
describe('a guest that is grown by its balloon driver (zonelists-S1-xen-grows)', async () => {
  const comparison = await comparisonOf('zonelists-S1-xen-grows');

  test('the gravest finding of the base comes first, at its worst', () => {
    const [first, second] = comparison.verdict?.base ?? [];
    expect([first?.harm, first?.id, first?.amount]).toEqual(['kill', 'Z11', 307200]);
    expect([second?.harm, second?.id, second?.amount]).toEqual(['lost', 'Z1', 307200]);
  });

  test('who fixes it, at a price or at none', () => {
    const merged = verdictOn(comparison, 'zonelists/populated_zone');
    expect(merged.standing).toBe('fixes');
    expect(ids(merged.fixes)).toEqual(['Z11', 'Z1', 'Z2', 'Z12']);
    expect(merged.costs.some(({ name }) => name === 'zonelist_rebuilds')).toBe(false);
    const all = verdictOn(comparison, 'zonelists/all_zones');
    expect([all.standing, ids(all.adds)]).toEqual(['trades', ['Z10']]);
    const first = verdictOn(comparison, 'zonelists/rebuild_on_first_managed');
    expect(first.costs).toContainEqual({ name: 'zonelist_rebuilds', base: 2, run: 3 });
  });

  test('who does not', () => {
    expect(verdictOn(comparison, 'zonelists/managed_zone').standing).toBe('same');
    const late = verdictOn(comparison, 'zonelists/rebuild_when_unmanaged');
    expect(late.standing).toBe('worse');
    expect(ids(late.leaves)).toContain('Z11');
  });

  test('which call ends otherwise', () => {
    const [change, ...more] = verdictOn(comparison, 'zonelists/populated_zone').results;
    expect(more).toEqual([]);
    expect([change?.base.split(' ')[0], change?.run]).toEqual(['121366', '200000 0/Normal=200000']);
  });
});

describe('struct pages of a hole (memmap_holes-E7-hot-add)', async () => {
  const comparison = await comparisonOf('memmap_holes-E7-hot-add');

  test('what is new and graver than what is gone makes it worse', () => {
    const v1 = verdictOn(comparison, 'memmap_holes/v1');
    expect([v1.standing, v1.adds[0]?.harm, ids(v1.fixes)]).toEqual(['worse', 'dead', ['I2', 'I7']]);
    expect(verdictOn(comparison, 'memmap_holes/v8').standing).toBe('fixes');
  });

  test('a policy of which nothing ran is untested, not the same', () => {
    expect(verdictOn(comparison, 'memmap_holes/node0_zone0').standing).toBe('untested');
  });
});

test('over many traces the policy that leaves the least harm comes first', async () => {
  const names = ['offline_pcp-S2-late-commit', 'offline_pcp-S11-parked'];
  const comparisons = await Promise.all(names.map(comparisonOf));
  const policies = ['offline_pcp/iso', 'offline_pcp/nolock', 'offline_pcp/disable'];
  const verdict = questionVerdict('offline_pcp', comparisons, policies);
  expect(verdict.policies.map(({ name }) => name))
    .toEqual(['offline_pcp/disable', 'offline_pcp/nolock', 'offline_pcp/iso']);
  const [best, , worst] = verdict.policies;
  expect(best?.remaining).toMatchObject({ loop: 0, wrong: 0 });
  expect(worst?.leaves[0]).toMatchObject({ harm: 'loop', traces: ['offline_pcp-S2-late-commit'] });
});

/**
 *     0        800 MiB  896 MiB          2176 MiB
 *     |-- DMA32 --|      |-- Normal, new --|      build_all_zonelists() throws
 *
 * Expect: of a policy that threw nobody knows what it fixes, so that it is never the best, whatever
 * is left of the base beside it.
 */
describe('a policy that was stopped', async () => {
  const name = 'zonelists-S1-xen-grows';
  const file = join(tmpdir(), `stops-${process.pid}.ts`);
  writeFileSync(file, `import { definePatch } from 'mmreplay';
export default definePatch({
  id: 'stops', subject: 'Stops', author: 'A', link: 'https://lore.kernel.org/x',
  base: 'v5.17', doc: 'Throws.',
  replaces: { build_all_zonelists: (): never => { throw new Error('of its own'); } },
});
`);
  const comparison = await evaluate({
    path: `traces/${name}/trace.csv`, series: ['base', file, 'zonelists/populated_zone'],
    base: undefined, config: {}, tool: 'test' });
  rmSync(file);

  test('comes behind one that fixes, fixes nothing and is told as stopped', () => {
    const fixing = 'zonelists/populated_zone';
    const { policies, base } = questionVerdict('', [comparison], ['stops', fixing]);
    const [best, last] = policies;
    expect([best?.name, best?.judged]).toEqual([fixing, true]);
    expect(last).toMatchObject(
      { name: 'stops', judged: false, stopped: [name], fixes: [], adds: [] });
    expect(last?.remaining.kill).toBe(1);
    expect(base.map(({ id }) => id)).toEqual(['Z11', 'Z1', 'Z2', 'Z12']);
  });

  test('alone it is still not the best', () => {
    const alone = { ...comparison,
      runs: comparison.runs.filter((run) => run.name !== 'zonelists/populated_zone') };
    const [terms] = questionBlocks([alone], true);
    const said = terms?.kind === 'terms'
      ? terms.terms.map(([term, text]) => `${term} ${text}`) : [];
    expect(said.filter((line) => /^(best|then)/.test(line))).toEqual([]);
    expect(said).toContain('stopped stops: came to no end of its own on 1 trace');
  });
});
