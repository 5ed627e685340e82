/** Steps that bind a device of the dax bus to kmem: rows of what they printed. */
import { hex } from '../../../base/pfn.js';
import type { TraceRow } from '../../trace.js';

type Row = Omit<TraceRow, 'time_ns'>;

/** A device as the step printed it. */
export interface PrintedDax {
  readonly name: string;
  readonly target_node: number;
  readonly memmap_on_memory: boolean;
  /** Bytes, `end` is one past the last. */
  readonly ranges: readonly { readonly start: number; readonly end: number }[];
}

/** Undefined when the step did not come that far. */
export function printedDax(output: string): PrintedDax | undefined {
  const name = /^device (\S+)$/m.exec(output)?.[1];
  const node = /^target_node (-?\d+)$/m.exec(output)?.[1];
  const ranges = [...output.matchAll(/^range (0x[0-9a-f]+)-(0x[0-9a-f]+)$/gm)]
    .map(([, start, last]) => ({ start: Number(start), end: Number(last) + 1 }));
  if (name === undefined || node === undefined || ranges.length === 0) return undefined;
  return {
    name, target_node: Number(node), ranges,
    memmap_on_memory: /^memmap_on_memory (1|Y)$/m.test(output),
  };
}

/** The driver is given the device. */
export function daxProbeRow(dax: PrintedDax, autoOnline: string | undefined): Row {
  const words = [`device=${dax.name}`,
    `ranges=${dax.ranges.map(({ start, end }) => `${hex(start)}-${hex(end)}`).join('/')}`];
  if (dax.memmap_on_memory) words.push('memmap_on_memory=1');
  if (autoOnline !== undefined) words.push(`auto_online=${autoOnline}`);
  return { event: 'dax_kmem_probe', nid: dax.target_node, args: words.join(' ') };
}

/** A word is written to the file `state` of a device. */
export function daxStateRow({ device, value }: { device: string; value: string }): Row {
  return { event: 'dax_kmem_state', args: `device=${device} value=${value}` };
}

export function daxRemoveRow(device: string): Row {
  return { event: 'dax_kmem_remove', args: `device=${device}` };
}
