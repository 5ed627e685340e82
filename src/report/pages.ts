/** Which sections a report has, in order, whatever its format. */
import { differs } from '../compare/comparison.js';
import { betweenSections } from './between.js';
import type { Section } from './blocks.js';
import type { ReportOptions, Results } from './report.js';
import { traceSections, verdictSections } from './sections.js';
import { summarySections } from './summary.js';

/**
 * Traces that were held against each other, alone. Else, of more than one trace, what the policies
 * do on all of them, then what could not be used, then a page for each trace.
 */
export function* pages(results: Results, options: ReportOptions): Generator<Section> {
  const { lines, comparisons, troubles, between } = results;
  if (between !== undefined) {
    yield* betweenSections(between, options.limit);
    return;
  }
  const alone = lines.length === 1 && troubles.length === 0;
  if (!alone) yield* summarySections(results, options);
  if (troubles.length > 0) {
    yield {
      title: 'Could not be used', level: 1,
      blocks: [{ kind: 'list', items: troubles.map((one) => one.message) }],
    };
  }
  if (options.detail === 'verdicts' && !alone) return;
  for (const one of comparisons) {
    if (options.quietSame && !differs(one)) continue;
    yield* options.detail === 'short' ? verdictSections(one) : traceSections(one, options);
  }
}
