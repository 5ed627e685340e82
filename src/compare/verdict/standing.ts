/** What a run is beside the base, and how its outcomes compare with those of shipped policies. */

/**
 * fixes: something of the base is gone, nothing is new; trades: something is gone, and what is new
 * is not graver; worse: something new is graver than all that is gone; changes: outcomes differ, no
 * finding does; same: all that was seen is as on the base; unknown: so it is, but the policy did
 * something that nobody looks at; stopped: the policy came to no end of its own; untested: nothing
 * that the policy changes ran.
 */
export type Standing =
  'fixes' | 'trades' | 'worse' | 'changes' | 'same' | 'unknown' | 'stopped' | 'untested';

export interface ShippedOutcomes {
  /** The version it was replayed on. */
  readonly base: string;
  /** Names of model runs by equal outcome, `base` among them. */
  readonly groups: readonly (readonly string[])[];
  /** What each policy does there, by its name. */
  readonly standings: Readonly<Record<string, Standing>>;
  /** Functions that some policy changes and that ran, sorted. */
  readonly ran: readonly string[];
}

/** By the trace's name. */
export type Shipped = Readonly<Record<string, ShippedOutcomes>>;
