import { beforeAll, describe, expect, test } from 'vitest';
import type { Comparison } from '../../src/compare/comparison.js';
import { evaluate } from '../../src/pipeline.js';
import {
  loadReports, resultsOf, type Report, type ReportOptions, type Results,
} from '../../src/report/report.js';
import { unifiedDiff } from '../../src/report/unified.js';
import { wrap } from '../../src/base/wrap.js';
import { cutRecording, removeCuts } from '../cut_recording.js';

const all: ReportOptions = { limit: 12, detail: 'full', quietSame: false };
const policies = ['zonelists/managed_zone', 'zonelists/populated_zone', 'zonelists/all_zones'];
let withheld: Comparison;
let veto: Comparison;
let reports: readonly Report[];

function render(id: string, results: Results, options = all): string {
  const report = reports.find((one) => one.id === id);
  return [...report?.render(results, options) ?? []].join('');
}

async function compared(name: string, series: readonly string[]): Promise<Comparison> {
  return evaluate({
    path: `traces/recordings/${name}`, series, base: undefined, config: {}, tool: 'test',
  });
}

beforeAll(async () => {
  reports = await loadReports();
  withheld = await compared('zonelist-withheld-managed', policies);
  veto = await compared('notifier-veto', ['zonelists/populated_zone']);
});

test('the formats are those of the folder', () => {
  expect(reports.map((one) => one.id)).toEqual(
    ['csv', 'github', 'gitlab', 'html', 'json', 'jsonl', 'junit', 'ktap', 'markdown', 'text']);
});

describe('the text report', () => {
  test('is mail-ready: 72 columns, ASCII, no blank at the end of a line', () => {
    const text = render('text', resultsOf([withheld, veto]));
    for (const line of text.split('\n')) {
      expect(line).toMatch(/^[\x20-\x7e]*$/);
      expect(line).not.toMatch(/\s$/);
      // A path cannot be broken.
      if (!/^ +(source|mmreplay run) /.test(line)) expect(line.length).toBeLessThanOrEqual(72);
    }
    expect(text.endsWith('\n')).toBe(true);
  });

  // Expect: of five states beside the base's three are shown as diffs, and who has the others.
  test('says whose state it does not show', () => {
    const [first, second] = withheld.states;
    if (first === undefined || second === undefined) throw new Error('nothing parts there');
    const others = [1, 2, 3, 1, 2].map((run) => ({ ...second, runs: [run] }));
    const text = render('text', resultsOf([{ ...withheld, states: [first, ...others] }]));
    expect(text.match(/^ *\+\+\+ /gm)?.length).toBe(3);
    expect(text.replace(/\s+/g, ' ')).toContain(
      'Others again: base v6.1.191; B. --format json has their states.');
  });

  test('does not say that a run agrees with what nobody can hold it to', async () => {
    const path = cutRecording('dimm-cycle-memoryless-node',
      { saidBy: 'recorder', keeps: () => false });
    const cut = await evaluate({ path, series: [], base: undefined, config: {}, tool: 'test' });
    removeCuts();
    const text = render('text', resultsOf([cut]));
    const [, unknown] = / (\d+) unknown/.exec(text)?.map(Number) ?? [];
    expect(unknown).toBeGreaterThan(10);
    expect(text).toMatch(
      /Disagrees with nothing that can be told, some facts being unknown: base\s+v6\.1/);
    expect(text).not.toContain('Disagrees with nothing that was recorded');
  });

  test('says which policy the recorded kernel had, and where the others part from it', () => {
    const text = render('text', resultsOf([withheld]));
    expect(text).toMatch(/Disagrees with nothing that was recorded: managed_zone\./);
    expect(text).toMatch(
      /log: recorded Policy zone: DMA32, modelled Policy\s+zone: Normal \[base v6\.1\S*, pop/);
    expect(text).toMatch(/Z1, from step 6: free_reserved_page 0x100000-0x104e1f to the end/);
    expect(text).toMatch(/20000 free pages/);
    expect(text).toMatch(/^ {2}\+zonelist 0 fallback: 0:Device 0:Movable 0:Normal 0:DMA32 0:DMA$/m);
    expect(text).toMatch(/mmreplay run traces\/recordings\/zonelist-withheld-managed -p zonelists/);
  });

  test('says of policies whose functions never ran that they are untested', async () => {
    const boot = await compared('hole-merged-q35-4000M', ['try_offline_node/section_walk']);
    const text = render('text', resultsOf([boot]));
    expect(text).toMatch(/section_walk \(untested\): never try_offline_node\(\)/);
  });

  test('of several traces begins with all of them against all policies', () => {
    const troubles = [{ path: 'x', message: 'x:1: is wrong' }];
    const text = render('text', resultsOf([withheld, veto], troubles));
    expect(text).toMatch(/^Verdict\n=======\n\n2 traces, 6 replays: policies part on 1\./);
    expect(text).toMatch(/zonelist-withheld-managed +Ax B= Ax Cx\n/);
    expect(text).toMatch(/notifier-veto +A= +A=\n/);
    expect(text).toMatch(/\* x:1: is wrong/);
  });

  test('can leave out traces on which nothing differs, and details', () => {
    const results = resultsOf([withheld, veto]);
    expect(render('text', results)).toMatch(/^notifier-veto\n=/m);
    expect(render('text', results, { ...all, quietSame: true })).not.toMatch(/^notifier-veto\n=/m);
    expect(render('text', results, { ...all, detail: 'short' })).not.toMatch(/^@@|Costs/m);
  });
});

/** The part of the report that tells losses, on one line. */
const lossText = (comparison: Comparison): string =>
  (/^Losses\n-+\n([^]*?)(?=^Replay)/m
    .exec(render('text', resultsOf([comparison])))?.[1] ?? '')
    .replace(/\s+/g, ' ');

test('losses are told, with whether they can explain what differs', () => {
  const [first] = withheld.divergences;
  const lossAt = (row: number) => first === undefined ? {} : { first: { ...first.event, row } };
  const inputsAt = (row: number) => first === undefined ? {} : { inputs: { ...first.event, row } };
  const told = { places: 2, events: 7, unknown: 0, ...lossAt(3), pageEvents: 12 };
  expect(lossText({ ...withheld, losses: told }))
    .toMatch(/No input is among them.*12 events of single pages were not replayed/);
  const after = { ...withheld,
    losses: { places: 2, events: 7, unknown: 3, ...lossAt(3), ...inputsAt(10_000) } };
  const text = lossText(after);
  expect(text).toMatch(/7 events were lost in 2 places/);
  expect(text).toMatch(/3 recorded facts from there on differ from a run/);
  expect(text).toMatch(/losses cannot explain that one/);
  const before = { ...withheld,
    losses: { places: 1, events: 7, unknown: 0, ...lossAt(-1), ...inputsAt(-1) } };
  expect(lossText(before)).toMatch(/Nothing that was recorded from there on differs\. $/);
});

test('markdown has the same sections, and nothing of it is taken for markup', () => {
  const markdown = render('markdown', resultsOf([withheld]));
  const text = render('text', resultsOf([withheld]));
  const titles = [...text.matchAll(/^(\S.*)\n[=-]+$/gm)].map(([, title]) => title);
  const headings = [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, title]) => title);
  expect(headings).toEqual(titles);
  expect(markdown).toMatch(/\| managed\\_zone \| B \| 1954 agree \|/);
  expect(markdown).toMatch(/```diff\n--- /);
});

test('json is the document', () => {
  const json = JSON.parse(render('json', resultsOf([withheld]))) as {
    format: number; comparisons: Comparison[] };
  expect(json.format).toBe(2);
  expect(json.comparisons[0]).toEqual(JSON.parse(JSON.stringify(withheld)));
});

test('the same trace gives the same bytes', async () => {
  const again = await compared('zonelist-withheld-managed', policies);
  expect(render('json', resultsOf([again])))
    .toBe(render('json', resultsOf([withheld])));
});

test('a diff has three lines of context, and no lines when nothing differs', () => {
  const lines = Array.from({ length: 20 }, (_, i) => `line ${i}`);
  const right = lines.with(10, 'changed');
  expect(unifiedDiff({ name: 'a', lines }, { name: 'b', lines: right })).toEqual([
    '--- a', '+++ b', '@@ -8,7 +8,7 @@', ' line 7', ' line 8', ' line 9', '-line 10', '+changed',
    ' line 11', ' line 12', ' line 13']);
  expect(unifiedDiff({ name: 'a', lines }, { name: 'b', lines })).toEqual([]);
});

test('text is wrapped at blanks; a word that is too long stands alone', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrap('a abcdefghij b', 5, '* ', '  ')).toEqual(['* a', '  abcdefghij', '  b']);
});
