/** Rows between which something is not known. */

/** Rows `from` and `to` exclusive. */
export type Span = Pick<Gap, 'from' | 'to'>;

/** Events of one CPU (or of any) are missing behind row `from` and before row `to`. */
export interface Gap {
  /** The `lost_events` row. */
  readonly row: number;
  /** How many; 0: not known. */
  readonly events: number;
  readonly from: number;
  readonly to: number;
}
