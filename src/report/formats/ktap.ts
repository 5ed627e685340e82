/** KTAP, as the kernel's own tests print it: a trace is a test with the policies as subtests. */
import { casesOf, type CaseResult } from '../case_results.js';
import type { Report } from '../report.js';

/** A description has no `#`, which begins a directive, and no line end. */
function words(text: string): string {
  return text.replaceAll(/[\0-\x1f\x7f]/g, ' ').replaceAll('#', '\\#');
}

function subtest({ name, result, lines }: CaseResult, number: number): string {
  const told = result === 'skipped' ? [] : lines;
  const diagnostics = told.map((line) => `  # ${words(line)}\n`).join('');
  const word = result === 'failed' ? 'not ok' : 'ok';
  const skip = result === 'skipped' ? ` # SKIP ${words(lines[0] ?? '')}` : '';
  return `${diagnostics}  ${word} ${number} ${words(name)}${skip}\n`;
}

function suite(name: string, number: number, cases: readonly CaseResult[]): string {
  if (cases.length === 0) return `ok ${number} ${words(name)} # SKIP no policy was run\n`;
  const failed = cases.some(({ result }) => result === 'failed');
  return `  KTAP version 1\n  1..${cases.length}\n` +
    cases.map((one, index) => subtest(one, index + 1)).join('') +
    `${failed ? 'not ok' : 'ok'} ${number} ${words(name)}\n`;
}

const report: Report = {
  id: 'ktap',
  doc: 'KTAP version 1: a test for each trace, a subtest for each policy, with plan and skips.',
  * render({ lines, troubles }) {
    yield `KTAP version 1\n1..${lines.length + troubles.length}\n`;
    for (const [index, line] of lines.entries()) {
      yield suite(line.trace.name, index + 1, casesOf(line));
    }
    for (const [index, { path, message }] of troubles.entries()) {
      yield `# ${words(message)}\nnot ok ${lines.length + index + 1} ${words(path)}\n`;
    }
  },
};
export default report;
