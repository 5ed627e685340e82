/** Which sections a report has, in order, whatever its format. */
import { differs } from '../compare/comparison.js';
import { betweenSections } from './between.js';
import type { Section } from './blocks.js';
import type { ReportOptions, Results } from './report.js';
import { traceSections } from './sections.js';
import { summarySections } from './summary.js';

/**
 * Traces that were held against each other, alone; else the summary when there is more than one
 * trace, then a page for each trace, then troubles.
 */
export function pages(results: Results, options: ReportOptions): Section[] {
  const { comparisons, troubles } = results;
  if (results.between !== undefined) return betweenSections(results.between, options.limit);
  const shown = comparisons.filter((one) => !options.quietSame || differs(one));
  const summary = comparisons.length === 1 && troubles.length === 0 ? [] : summarySections(results);
  const trouble: Section[] = troubles.length === 0 ? [] : [{
    title: 'Could not be used', level: 1,
    blocks: [{ kind: 'list', items: troubles.map((one) => one.message) }],
  }];
  return [...summary, ...trouble, ...shown.flatMap((one) => traceSections(one, options))];
}
