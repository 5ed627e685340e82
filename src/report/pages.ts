/** Which sections a report has, in order, whatever its format. */
import { differs, type Comparison } from '../compare/comparison.js';
import { betweenSections } from './between.js';
import { text, type Section } from './blocks.js';
import type { ReportOptions, Results } from './report.js';
import { traceSections, verdictSections } from './sections.js';
import { summarySections } from './summary.js';

/**
 * Traces that were held against each other, alone. Else, of more than one trace, what the policies
 * do on all of them, then what could not be used, then a page for each trace.
 */
export function pages(results: Results, options: ReportOptions): Section[] {
  const { comparisons, troubles } = results;
  if (results.between !== undefined) return betweenSections(results.between, options.limit);
  const shown = comparisons.filter((one) => !options.quietSame || differs(one));
  const alone = comparisons.length === 1 && troubles.length === 0;
  const trouble: Section[] = troubles.length === 0 ? [] : [{
    title: 'Could not be used', level: 1,
    blocks: [{ kind: 'list', items: troubles.map((one) => one.message) }],
  }];
  const summary = alone ? [] : summarySections(results, options);
  if (options.detail === 'verdicts' && !alone) return [...summary, ...trouble, more];
  const page = options.detail === 'short' ? verdictSections
    : (one: Comparison): readonly Section[] => traceSections(one, options);
  return [...summary, ...trouble, ...shown.flatMap(page)];
}

const more: Section = {
  title: 'More', level: 2,
  blocks: [text('--full has each trace with all that was seen, --short the verdict of each; ' +
    '`mmreplay run TRACE` one of them.')],
};
