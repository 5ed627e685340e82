/** One file to look at: the page that vite built, with its data in it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../base/errors.js';
import { packageRoot } from '../../base/package_root.js';
import type { Comparison } from '../../compare/comparison.js';
import type { Finding } from '../../compare/verdict/finding.js';
import { questionOfRun } from '../names.js';
import type { PageCell, PageData, PageTrace } from '../page_data.js';
import type { Report, ReportOptions, Results } from '../report.js';
import { traceSections, verdictSections } from '../sections.js';
import { summarySections } from '../summary.js';

/** A page asks nobody for anything; its script and style stand in it. */
const policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; " +
  "img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'";

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
    tool: first?.tool ?? '',
    summary: results.lines.length > 1 ? summarySections(results, { ...options, detail: 'verdicts' })
      : [],
    traces: [...results.comparisons].map((one) => traceOf(one, options)),
    troubles: results.troubles.map(({ message }) => message),
  };
}

/** In a script element nothing may look like markup. */
function scriptJson(data: PageData): string {
  return JSON.stringify(data).replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

function part(name: string): string {
  const path = join(packageRoot(), 'dist/page', name);
  if (!existsSync(path)) throw new UsageError(`${path} is not there: npm run build makes it`);
  return readFileSync(path, 'utf8');
}

const report: Report = {
  id: 'html',
  doc: 'One page to look at, without network: verdict, matrix, memory map, timeline, plots.',
  * render(results, options) {
    if (results.between !== undefined) throw new UsageError('--between has no html');
    yield '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">' +
      `<meta http-equiv="Content-Security-Policy" content="${policy}">` +
      '<meta name="viewport" content="width=device-width, initial-scale=1">' +
      `<title>mmreplay</title><style>${part('page.css')}</style></head>\n<body>` +
      '<div id="page"></div><noscript>This page needs JavaScript; mmreplay run has the same as ' +
      'text.</noscript>\n<script type="application/json" id="data">';
    yield scriptJson(dataOf(results, options));
    yield `</script>\n<script>${part('page.js').replaceAll('</script', '<\\/script')}</script>\n` +
      '</body></html>\n';
  },
};
export default report;
