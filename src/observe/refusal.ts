/** A call that failed, and why: as a replay finds it out and a comparison shows it. */

/** The page that a call could not get out of its way. */
export interface PageInTheWay {
  readonly pfn: number;
  /** What it is and who has it, in words. */
  readonly what?: string;
  /** Why nobody can tell. */
  readonly unknown?: string;
}

/** A call that came back with an error, or did not come back because a page stays in use. */
export interface CallRefusal {
  /** Row of the call. */
  readonly row: number;
  /** A negative errno; undefined: it is not over when the trace ends. */
  readonly ret: number | undefined;
  /** The innermost function that gave the error; '' when none of those that are known did. */
  readonly fn: string;
  /** What its refusal means; '' when its error says all. */
  readonly why: string;
  readonly page?: PageInTheWay;
}
