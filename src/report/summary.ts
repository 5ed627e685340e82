/** All traces at a glance: for each question, traces against policies. */
import type { ComparisonLine } from '../compare/comparison.js';
import { isLike } from '../observe/facts/fact.js';
import type { Block, Section } from './blocks.js';
import { text } from './blocks.js';
import { counted, groupLetter, questionOfRun } from './names.js';
import type { ReportOptions, Results } from './report.js';
import { questionBlocks } from './verdict_question.js';
import type { RunIndex } from '../compare/document_parts.js';

/**
 * Group letter, small when none of the policy's functions ran, then `=` or `x` for like and unlike
 * the recorded kernel, `?` when all that was recorded is unknown.
 */
function cell(comparison: ComparisonLine, run: RunIndex): string {
  const summary = comparison.runs[run];
  const letter = groupLetter(comparison, run);
  const small = summary !== undefined && summary.untested.length > 0 &&
    summary.untested.length === new Set(summary.reached.map((one) => one.patch)).size;
  const agreement = comparison.agreement.find((one) => one.run === run);
  let mark = '';
  if (agreement !== undefined) {
    const { facts, verdicts: { disagrees, unknown } } = agreement;
    mark = disagrees > 0 ? 'x' : unknown === facts ? '?' : '=';
  }
  return `${small ? letter.toLowerCase() : letter}${mark}`;
}

function indexOfRun(comparison: ComparisonLine, name: string): RunIndex {
  return comparison.runs.findIndex((run) => run.name === name);
}

/** Runs of the question in any comparison, in order. */
function policiesOf(comparisons: readonly ComparisonLine[], question: string): string[] {
  const names = comparisons.flatMap((one) => one.runs.map((run) => run.name));
  return [...new Set(names)].filter((name) =>
    name !== 'recorded' && name !== 'base' && questionOfRun(name) === question);
}

function matrix(comparisons: readonly ComparisonLine[], question: string): Block[] {
  const policies = ['base', ...policiesOf(comparisons, question)];
  const shown = comparisons.filter((one) => policies.length === 1 ||
    policies.slice(1).some((name) => indexOfRun(one, name) >= 0));
  const keys = policies.map((_, index) => String(index));
  return [
    {
      kind: 'terms',
      terms: policies.map((name, index) => [keys[index] ?? '', question === ''
        ? name : name.replace(`${question}/`, '')] as const),
    },
    {
      kind: 'table', tight: true,
      head: ['trace', ...keys],
      rows: shown.map((comparison) => [
        comparison.trace.name,
        ...policies.map((name) => {
          const run = indexOfRun(comparison, name);
          return run < 0 ? '' : cell(comparison, run);
        }),
      ]),
    },
  ];
}

const legend = 'Same letter: same outcome in everything that was seen (results, faults, ' +
  'invariants, zones, blocks, nodes, zonelists, struct pages). Small letter: nothing that the ' +
  'policy changes ran. = disagrees with nothing that the kernel recorded, x does, ? nothing of ' +
  'it can be told.';

function counts({ lines: comparisons, troubles }: Results): string {
  const differing = comparisons.filter((one) => one.groups.length > 1).length;
  const models = comparisons.reduce((sum, one) =>
    sum + one.runs.filter((run) => run.kind === 'model').length, 0);
  const recorded = comparisons.filter((one) => one.agreement.length > 0);
  const like = recorded.filter((one) =>
    one.agreement.some(isLike)).length;
  const failed = troubles.length === 0 ? '' : ` ${troubles.length} could not be used.`;
  const held = recorded.length === 0 ? '' :
    ` Of ${recorded.length} with recorded outcomes, some run disagrees with nothing on ${like}.`;
  return `${counted(comparisons.length, 'trace')}, ${counted(models, 'replay')}: ` +
    `policies part on ${differing}.` +
    `${held}${failed}`;
}

/** The first page of a report over several traces. */
export function summarySections(results: Results, options: ReportOptions): Section[] {
  const { lines: comparisons } = results;
  const names = comparisons.flatMap((one) => one.runs.map((run) => run.name));
  const questions = [...new Set(names.map(questionOfRun))].filter((one) => one !== '').sort();
  const others = policiesOf(comparisons, '');
  const tables = questions.map((question): Section => (
    { title: question, level: 2, blocks: matrix(comparisons, question) }));
  if (others.length > 0 || questions.length === 0) {
    tables.push({ title: 'policies', level: 2, blocks: matrix(comparisons, '') });
  }
  const full = options.detail === 'full';
  const blocks = [text(counts(results)), ...questionBlocks(comparisons, full)];
  const first: Section = { title: 'Verdict', level: 1, blocks };
  return full
    ? [first, { title: 'Outcomes', level: 1, blocks: [text(legend)] }, ...tables] : [first];
}
