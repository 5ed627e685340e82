/** A line for each trace, for tools that read rows. */
import type { Report } from '../report.js';

const report: Report = {
  id: 'jsonl',
  doc: 'One JSON object a line: a comparison for each trace, then {trouble} for each that failed.',
  * render({ comparisons, troubles }) {
    for (const { course: _course, ...one } of comparisons) yield `${JSON.stringify(one)}\n`;
    for (const trouble of troubles) yield `${JSON.stringify({ trouble })}\n`;
  },
};
export default report;
