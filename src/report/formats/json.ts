/** The document itself. */
import { COMPARISON_FORMAT } from '../../compare/comparison.js';
import type { Report } from '../report.js';

const report: Report = {
  id: 'json',
  doc: 'The comparisons as they are, for programs: {format, comparisons, troubles, between}.',
  * render({ comparisons, troubles, between }) {
    const document = { format: COMPARISON_FORMAT, comparisons, troubles, between };
    yield `${JSON.stringify(document, undefined, 2)}\n`;
  },
};
export default report;
