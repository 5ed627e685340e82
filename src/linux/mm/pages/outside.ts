/**
 * Pages of a machine that were in use, or on per-cpu lists, before its pages were told apart:
 * nobody can name who has them. Whoever tells pages apart from then on may know more of them, and
 * gives the model that by `Pages.setOutside()` and nothing else; what they do not know counts as
 * free where it must be.
 */
export interface OutsidePages {
  /** How many pages of the range are in use though they are in no block; from pfn to pfn. */
  used(start_pfn: number, end_pfn: number): number;
}
