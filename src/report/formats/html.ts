/** A report as a page to look at. */
import { UsageError } from '../../base/errors.js';
import type { Comparison } from '../../compare/comparison.js';
import type { Finding } from '../../compare/verdict/finding.js';
import { questionOfRun } from '../names.js';
import type { PageCell, PageData, PageTrace } from '../page_data.js';
import { pageFile } from '../page_file.js';
import type { Report, ReportOptions, Results } from '../report.js';
import { traceSections, verdictSections } from '../sections.js';
import { summarySections } from '../summary.js';

function cellOf(
  run: string, standing: string, findings: readonly Finding[],
): PageCell {
  const [worst] = findings;
  const text = findings.map((one) => one.text).join('; ');
  return { run, standing, harm: worst?.harm ?? '', text };
}

function cellsOf({ verdict }: Comparison): readonly PageCell[] {
  if (verdict === undefined) return [];
  return [
    cellOf('base', 'base', verdict.base),
    ...verdict.policies.map(({ name, standing, leaves, adds }) =>
      cellOf(name, standing, [...adds, ...leaves])),
  ];
}

function traceOf(comparison: Comparison, options: ReportOptions): PageTrace {
  const { trace, runs, groups, divergences, violations, refusals, replay, course } = comparison;
  const questions = new Set(runs.map(({ name }) => questionOfRun(name)).filter(Boolean));
  return {
    name: trace.name, title: trace.about?.title ?? '', question: [...questions].sort().join(', '),
    cells: cellsOf(comparison),
    sections: options.detail === 'full'
      ? traceSections(comparison, options) : verdictSections(comparison),
    comparison: { trace, runs, groups, divergences, violations, refusals, replay,
      ...(course === undefined ? {} : { course }) },
  };
}

function dataOf(results: Results, options: ReportOptions): PageData {
  const [first] = results.lines;
  return {
    kind: 'report', tool: first?.tool ?? '',
    summary: results.lines.length > 1 ? summarySections(results, { ...options, detail: 'verdicts' })
      : [],
    traces: [...results.comparisons].map((one) => traceOf(one, options)),
    troubles: results.troubles.map(({ message }) => message),
  };
}

const report: Report = {
  id: 'html',
  doc: 'One page to look at, without network: verdict, matrix, memory map, timeline, plots.',
  * render(results, options) {
    if (results.between !== undefined) throw new UsageError('--between has no html');
    yield* pageFile(dataOf(results, options));
  },
};
export default report;
