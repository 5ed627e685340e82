/** BUGs, oopses and warnings in the recorded kernel log. */
import type { Trace } from '../trace/trace.js';

export interface RecordedFault {
  /** `oops in unregister_memory_block_under_nodes`. */
  readonly subject: string;
  readonly text: string;
  /** The task died. */
  readonly fatal: boolean;
}

const begins: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['BUG', /^kernel BUG at /],
  ['oops', /^BUG: (?:kernel NULL pointer dereference|unable to handle)|^general protection fault/],
  ['warning', /^WARNING: CPU: /],
];

const rip = /^RIP: [0-9a-f]+:([A-Za-z_]\w*)\+0x/;
const warned = / at \S+ ([A-Za-z_]\w*)(?:\.[\w.]+)?\+0x/;

/** By the row of the line that names the function. */
export function recordedFaults(
  trace: Trace, functions: ReadonlySet<string>,
): ReadonlyMap<number, RecordedFault> {
  const faults = new Map<number, RecordedFault>();
  let open: { readonly kind: string; readonly text: string } | undefined;
  const note = (row: number, fn: string): void => {
    if (open !== undefined && functions.has(fn)) {
      const { kind, text } = open;
      faults.set(row, { subject: `${kind} in ${fn}`, text, fatal: kind !== 'warning' });
    }
    open = undefined;
  };
  for (let row = 0; row < trace.length; row += 1) {
    if (trace.event(row) !== 'printk') continue;
    const text = trace.args(row);
    const kind = begins.find(([, pattern]) => pattern.test(text))?.[0];
    if (kind !== undefined) {
      open = { kind, text };
      const fn = kind === 'warning' ? warned.exec(text)?.[1] : undefined;
      if (fn !== undefined) note(row, fn);
      continue;
    }
    const fn = rip.exec(text)?.[1];
    if (fn !== undefined) note(row, fn);
  }
  return faults;
}
