/**
 * The answer stands first and is short, is what the authors of the shipped traces expect, and is
 * the same in every format. Reports are those beside the traces, which golden.test.ts holds.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { questionVerdict } from '../../src/compare/verdict/question.js';
import { shippedOutcomes } from '../../src/compare/verdict/shipped.js';
import type { Comparison } from '../../src/compare/comparison.js';
import { evaluate } from '../../src/pipeline.js';
import { loadReports, resultsOf, type ReportOptions } from '../../src/report/report.js';
import type { Standing } from '../../src/compare/verdict/standing.js';

const traces = readdirSync('traces')
  .filter((name) => existsSync(join('traces', name, 'expect.txt')));

/** Lines below a heading, up to the next one. */
function section(report: string, title: RegExp): readonly string[] {
  const lines = report.split('\n');
  const from = lines.findIndex((line, index) =>
    title.test(line) && /^[-=]+$/.test(lines[index + 1] ?? ''));
  if (from < 0) return [];
  const rest = lines.slice(from + 2);
  const to = rest.findIndex((line) => /^-+$/.test(line));
  return rest.slice(0, to < 0 ? undefined : to - 1).filter((line) => line !== '');
}

describe('the answer for one trace', () => {
  test.each(traces)('%s: at most 12 lines, the base first', (name) => {
    const report = readFileSync(join('traces', name, 'expect.txt'), 'utf8');
    const answer = section(report, new RegExp(`^${name}(:|$)`));
    expect(answer.length).toBeGreaterThan(2);
    expect(answer.length).toBeLessThanOrEqual(12);
    expect(answer[0]).toMatch(/^ {2}base v\d/);
    for (const line of answer) expect(line.length).toBeLessThanOrEqual(72);
  });

  test('what is left out of it stands in the full verdict', () => {
    const report = readFileSync('traces/memmap_holes-E7-hot-add/expect.txt', 'utf8');
    expect(section(report, /^memmap_holes-E7/).join('\n')).not.toContain('expected');
    const full = section(report, /^Verdict in full/).join('\n').replaceAll(/\s+/g, ' ');
    expect(full).toContain('expected where the hole holds poison, the first look');
    expect(full).toContain('v1, v3_first_merge: adds BUG in reserve_bootmem_region()');
  });

  test('names the shipped traces that tell apart what it cannot', () => {
    const report = readFileSync('traces/zonelists-S1-xen-grows/expect.txt', 'utf8')
      .replaceAll(/\s+/g, ' ');
    expect(report).toMatch(/all_zones_rebuild_n_memory: zonelists-S3-new-node tells them apart/);
    expect(report).toContain('populated_zone / populated_zone_v2: the same change, no trace can');
  });
});

/** What an author says of a trace, and the standings that say the same. */
const expected: readonly (readonly [
  trace: string, sentence: string, standings: Readonly<Record<string, Standing>>])[] = [
  ['zonelists-S1-xen-grows', '`managed_zone` leaves Normal out of the lists for good and kills ' +
    'while 307200 pages are free; the others serve all.',
  { managed_zone: 'same', populated_zone: 'fixes', xen_populate_first: 'fixes',
    all_zones: 'trades' }],
  ['zonelists-S3-new-node', 'with `all_zones` nodes 0 and 1 never learn of node 2',
    { all_zones: 'worse', populated_zone: 'same' }],
  ['try_offline_node-S2-one-left', '`section_walk` takes node 1 offline although A is left',
    { section_walk: 'worse', merged: 'same', v1: 'same', v2: 'same' }],
  ['memmap_holes-E1-q35-4000M', 'what no zone spans is left uninitialised by `v3_first_merge`, ' +
    '`v4`, `refactoring_v5` and `v6`.',
  { v3_first_merge: 'worse', v4: 'worse', refactoring_v5: 'worse', v6: 'worse', merged: 'same' }],
  ['memmap_holes-E6-first-ram-at-10', '`v1` and `v3_first_merge` do not boot',
    { v1: 'worse', v3_first_merge: 'worse', merged: 'same' }],
  ['memmap_holes-E5-descending-nodes', 'makes a reserved hole of node 1 of 16384 pages of node ' +
    '0\'s memory; `merged` does not.', { v8: 'trades', merged: 'fixes' }],
  ['memmap_on_memory-T3-offline-fails', '`proof_of_concept` fails both times.',
    { proof_of_concept: 'worse', merged: 'same' }],
  ['memmap_on_memory-T5-memory-pressure', 'only `classic` cannot add the block.',
    { classic: 'changes', merged: 'same', prepare: 'same' }],
  ['offline_pcp-S2-late-commit', 'a design that does not drain again is left with a page that is ' +
    'free and not where the test looks.', { iso: 'same', disable: 'fixes', redrain: 'fixes' }],
  ['offline_pcp-S6-reused-unmovable', 'Draining again does not help then.',
    { redrain: 'same', loop: 'same', disable: 'fixes' }],
];

test.each(expected)('%s: the verdict is what its README expects', (trace, sentence, standings) => {
  const readme = readFileSync(join('traces', trace, 'README.md'), 'utf8').replaceAll(/\s+/g, ' ');
  expect(readme).toContain(sentence);
  const [question] = trace.split('-');
  const found = shippedOutcomes()[trace]?.standings ?? {};
  for (const [policy, standing] of Object.entries(standings)) {
    expect(found[`${question}/${policy}`], policy).toBe(standing);
  }
});

describe('of the five questions together', () => {
  const options: ReportOptions = { limit: 12, detail: 'verdicts', quietSame: false };
  let comparisons: readonly Comparison[];

  beforeAll(async () => {
    const names = ['zonelists-S11-healed-by-accident', 'try_offline_node-S2-other-left',
      'memmap_holes-E6-first-ram-at-10', 'memmap_on_memory-T5-memory-pressure',
      'offline_pcp-S1-quiet'];
    comparisons = await Promise.all(names.map((name) => evaluate({
      path: `traces/${name}/trace.csv`, series: [], base: undefined, config: {}, tool: 'test' })));
  });

  async function rendered(id: string, detail: ReportOptions['detail']): Promise<string> {
    const report = (await loadReports()).find((one) => one.id === id);
    return [...report?.render(resultsOf(comparisons), { ...options, detail }) ?? []].join('');
  }

  test('the verdict has at most 40 lines', async () => {
    const text = await rendered('text', 'verdicts');
    expect(text.split('\n').length - 1).toBeLessThanOrEqual(40);
    for (const question of ['zonelists', 'try_offline_node', 'memmap_holes', 'offline_pcp']) {
      expect(text).toMatch(new RegExp(`^ {2}${question}: \\d+ policies, 1 trace on v`, 'm'));
    }
  });

  test('one trace for a mail has 8 to 15 lines', async () => {
    const text = await rendered('text', 'short');
    const parts = text.split(/\n(?=\S+: .*\n={5,}\n)/).slice(1);
    expect(parts).toHaveLength(5);
    for (const part of parts) {
      const { length } = part.trim().split('\n');
      expect(length).toBeGreaterThanOrEqual(8);
      expect(length).toBeLessThanOrEqual(15);
    }
  });

  test('page, text, Markdown and JSON have the same findings', async () => {
    const plain = (text: string): string => text.replaceAll(/[\\`*]|<!-- -->/g, '')
      .replaceAll(/\s+/g, ' ');
    const text = plain(await rendered('text', 'full'));
    const markdown = plain(await rendered('markdown', 'full'));
    const page = await rendered('html', 'full');
    const { comparisons: json } = JSON.parse(await rendered('json', 'full')) as
      { comparisons: readonly Comparison[] };
    const data = JSON.parse(/<script type="application\/json"[^>]*>(.*?)<\/script>/s
      .exec(page)?.[1] ?? '{}') as { traces: readonly { cells: readonly { text: string }[] }[] };
    const shown = data.traces.flatMap(({ cells }) => cells.map((cell) => cell.text)).join(' ');
    const worst = json.flatMap(({ verdict }) => [verdict?.base ?? [],
      ...(verdict?.policies ?? []).map(({ adds }) => adds)]).flatMap((list) => list.slice(0, 1));
    expect(worst.length).toBeGreaterThan(8);
    for (const finding of worst) {
      const said = plain(finding.text);
      expect(text).toContain(said);
      expect(markdown).toContain(said);
      expect(plain(shown)).toContain(said);
    }
  });
});

// Expect: that a policy fixes everything does not hide that memory cannot be added with it, and of
// two that are equal otherwise it comes second.
test('a call that fails with a policy alone is told of a question, and counts', async () => {
  const comparisons = await Promise.all(['T5-memory-pressure', 'T5-large-block'].map((name) =>
    evaluate({
      path: join(packageRoot(), `traces/memmap_on_memory-${name}/trace.csv`), base: undefined,
      config: {}, tool: 'test', series: ['base', 'memmap_on_memory/classic', 'memmap_on_memory/v5'],
    })));
  const policies = questionVerdict('memmap_on_memory', comparisons,
    ['memmap_on_memory/classic', 'memmap_on_memory/v5']).policies;
  expect(policies.map(({ name, refuses }) => [name, refuses.length])).toEqual([
    ['memmap_on_memory/v5', 0], ['memmap_on_memory/classic', 2]]);
});
