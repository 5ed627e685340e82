import { fileURLToPath } from 'node:url';
import { TraceBuilder } from '../../src/trace/build.js';
import type { Trace, TraceHeader, TraceRow } from '../../src/trace/trace.js';
import { readTrace } from '../../src/trace/read.js';

/** Absolute path of a file of the repository. */
export function repository(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

export async function recording(name: string): Promise<Trace> {
  return (await readTrace(repository(`traces/recordings/${name}`))).trace;
}

/** One node with 512 MiB below 4 GiB; DIMMs go to 4 GiB. */
export const machineRows: readonly TraceRow[] = [
  { time_ns: 0, event: 'e820', args: 'start=0x0 end=0x9fc00 type=usable' },
  { time_ns: 0, event: 'e820', args: 'start=0x100000 end=0x20000000 type=usable' },
];

/** A trace written by hand: the machine above and these rows, a second apart. */
export function traceOf(
  rows: readonly Omit<TraceRow, 'time_ns'>[], header: Partial<TraceHeader> = {},
): Trace {
  const builder = new TraceBuilder();
  builder.setFile('by-hand.csv');
  for (const row of machineRows) builder.append(row, 1);
  rows.forEach((row, index) => builder.append({ time_ns: (index + 1) * 1e9, ...row }, index + 2));
  return builder.finish({
    format: 1, kernel: '6.1.0', config: {}, page_size: 4096, section_size: 2 ** 27,
    block_size: 2 ** 27, cpus: 1, migratetypes: [], other: [], ...header,
  });
}
