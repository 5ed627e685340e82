/** What a trace or scenario expects, as it was written. */

export interface TraceExpectation {
  /** As reports name it: `min_free`. */
  readonly name: string;
  /** What must hold, in one sentence. */
  readonly text: string;
  /** The comparison as it was written. */
  readonly holds: string;
}
