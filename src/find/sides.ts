/** What a search holds against each other. */
import type { Series } from '../patch/series.js';

/** The kernels that a search is about: two series that should part, or one alone. */
export interface Sides {
  readonly version: string;
  readonly series: readonly Series[];
}
