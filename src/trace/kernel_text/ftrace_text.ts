/** Text of tracefs (`trace`, `trace_pipe`) and of `trace-cmd report`, as rows. */
import type { TraceBuilder } from '../build.js';
import { textLines } from '../lines.js';
import type { EventRows } from './event_rows.js';
import { bufferLine, ftraceLine } from './trace_line.js';

/** Reads the whole text; answers the CPUs that its head names. */
export async function readFtrace(
  chunks: AsyncIterable<Uint8Array>, _builder: TraceBuilder, rows: EventRows,
): Promise<{ cpus?: number }> {
  let number = 0;
  let cpus: number | undefined;
  for await (const lines of textLines(chunks)) {
    for (const text of lines) {
      number++;
      const event = ftraceLine(text, number);
      if (event !== undefined) rows.add(event);
      else {
        const head = bufferLine(text);
        if (head !== undefined) cpus = head.cpus;
        if (head !== undefined && head.lost > 0) rows.lost({ events: head.lost }, number);
        rows.other(text, number);
      }
    }
  }
  return cpus === undefined ? {} : { cpus };
}
