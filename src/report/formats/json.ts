/** The document itself. */
import { COMPARISON_FORMAT } from '../../compare/comparison.js';
import type { Report } from '../report.js';

const report: Report = {
  id: 'json',
  doc: 'The comparisons as they are, for programs: {format, comparisons, troubles, between}.',
  * render({ comparisons, troubles, between }) {
    // One comparison after the other: of many traces they are not all in memory.
    yield `{\n  "format": ${COMPARISON_FORMAT},\n  "comparisons": [`;
    let first = true;
    for (const { course: _course, ...one } of comparisons) {
      yield `${first ? '' : ','}\n${indented(one)}`;
      first = false;
    }
    yield `${first ? '' : '\n  '}],\n  "troubles": ${indented(troubles).trimStart()}`;
    if (between !== undefined) yield `,\n  "between": ${indented(between).trimStart()}`;
    yield '\n}\n';
  },
};

/** As it stands two levels deep in the document. */
function indented(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replaceAll(/^/gm, '    ');
}
export default report;
