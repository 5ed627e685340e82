/** What the rows of a step tell of the errors of pages that it has written. */
import type { TraceBuilder } from '../../build.js';

export interface ErrorDrains {
  /** The lists were drained so often. */
  readonly drained: number;
  /** They were switched off so often. */
  readonly off: number;
  /** Code of the task that did it first: it wrote, though the row of that has another. */
  readonly writer: number | undefined;
}

/** From this row on. */
export function errorDrains(builder: TraceBuilder, begin: number): ErrorDrains {
  let [drained, off] = [0, 0];
  let writer: number | undefined;
  for (let row = begin; row < builder.length; row += 1) {
    const event = builder.eventOf(row);
    if (event === 'drain_all_pages') drained += 1;
    else if (event === 'zone_pcp_disable') off += 1;
    else continue;
    writer ??= builder.columns.task.get(row);
  }
  return { drained, off, writer };
}
