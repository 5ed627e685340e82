/**
 * Pages that are in no block of the page-level state: they were there before anybody looked, so
 * that nobody can name who has them. Whoever starts the model with such a machine can give it what
 * else is known of them (`k.state.pages.outside`); without it they count as free where they must
 * be.
 */
export interface OutsidePages {
  /** How many pages of the range are in use though they are in no block; from pfn to pfn. */
  used(start_pfn: number, end_pfn: number): number;
  /**
   * Who allocates and frees pages says so page by page, also when pages are moved and huge pages
   * are allocated: the model's own tasks wait for that.
   */
  readonly moves: boolean;
}
