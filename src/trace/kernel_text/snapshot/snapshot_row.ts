/** A row of a snapshot. */
import type { TraceRow } from '../../trace.js';

export interface SnapshotRow {
  readonly row: Omit<TraceRow, 'time_ns'>;
  readonly line: number;
}
