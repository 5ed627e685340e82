/**
 * The document of `--format json`, for programs that read it: `import type { Report } from
 * 'mmreplay/report'`. `src/report/report.schema.json` is made from these types.
 */
import type { COMPARISON_FORMAT, Comparison } from '../compare/comparison.js';
import type { Between } from '../compare/between.js';
import type { Trouble } from './report.js';

/** What `--format json` writes of one trace; a line of `--format jsonl`. */
export type TraceReport = Omit<Comparison, 'course'>;

export interface Report {
  /** Fields are added freely; one that changes its meaning or goes away makes it another format. */
  readonly format: typeof COMPARISON_FORMAT;
  readonly comparisons: readonly TraceReport[];
  readonly troubles: readonly Trouble[];
  /** Of `--between`. */
  readonly between?: Between;
}
