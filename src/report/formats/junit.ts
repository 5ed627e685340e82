/** JUnit XML: what most CI systems show. A trace is a suite, a policy a case of it. */
import { casesOf, type CaseResult } from '../case_results.js';
import type { Report } from '../report.js';

/** XML 1.0 has no place for control characters: each becomes the replacement character. */
function escaped(text: string): string {
  return text
    .replaceAll(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '\ufffd')
    .replaceAll(/[&<>"'\n\r\t]/g, (char) => `&#${char.charCodeAt(0)};`);
}

function caseElement(suite: string, { name, result, lines }: CaseResult): string {
  const open = `    <testcase classname="${escaped(suite)}" name="${escaped(name)}"`;
  const [first = ''] = lines;
  switch (result) {
    case 'passed': return `${open}/>\n`;
    case 'skipped': return `${open}><skipped message="${escaped(first)}"/></testcase>\n`;
    case 'failed': return `${open}><failure message="${escaped(first)}">` +
      `${escaped(lines.join('\n'))}</failure></testcase>\n`;
  }
}

function suiteElement(name: string, cases: readonly CaseResult[]): string {
  const count = (result: CaseResult['result']): number =>
    cases.filter((one) => one.result === result).length;
  return `  <testsuite name="${escaped(name)}" tests="${cases.length}" ` +
    `failures="${count('failed')}" errors="0" skipped="${count('skipped')}">\n` +
    `${cases.map((one) => caseElement(name, one)).join('')}  </testsuite>\n`;
}

const report: Report = {
  id: 'junit',
  doc: 'JUnit XML: a suite for each trace, a case for each policy, which fails when it adds a ' +
    'finding.',
  * render({ lines, troubles }) {
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n';
    for (const line of lines) yield suiteElement(line.trace.name, casesOf(line));
    for (const { path, message } of troubles) {
      yield `  <testsuite name="${escaped(path)}" tests="1" failures="0" errors="1" ` +
        'skipped="0">\n' +
        `    <testcase classname="${escaped(path)}" name="is read">` +
        `<error message="${escaped(message)}"/></testcase>\n  </testsuite>\n`;
    }
    yield '</testsuites>\n';
  },
};
export default report;
