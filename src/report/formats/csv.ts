/** Traces by policies as a table, for spreadsheets and joins. */
import type { ComparisonLine } from '../../compare/comparison.js';
import type { PolicyVerdict } from '../../compare/verdict/verdict.js';
import type { Report } from '../report.js';

const head = ['trace', 'base', 'policy', 'standing', 'fixes', 'adds', 'leaves', 'recorded',
  'gravest'];

/**
 * RFC 4180: quoted where it must be. Names come from files of anybody: what a spreadsheet would run
 * as a formula begins with an apostrophe, which makes it a text there.
 */
function cell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

function row({ trace }: ComparisonLine, one: PolicyVerdict): string {
  const ids = (list: PolicyVerdict['fixes']): string => list.map(({ id }) => id).join(' ');
  const [gravest] = [...one.adds, ...one.leaves];
  return [
    trace.name, trace.base, one.name, one.standing, ids(one.fixes), ids(one.adds), ids(one.leaves),
    one.recorded?.how ?? '', gravest?.text ?? '',
  ].map(cell).join(',');
}

const report: Report = {
  id: 'csv',
  doc: 'A row for each trace and policy: what it fixes, adds and leaves (RFC 4180).',
  * render({ lines }) {
    yield `${head.join(',')}\n`;
    for (const line of lines) {
      for (const one of line.verdict?.policies ?? []) yield `${row(line, one)}\n`;
    }
  },
};
export default report;
