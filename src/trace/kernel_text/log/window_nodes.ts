/**
 * Nodes that the log names and its SRAT lines do not: those of CXL windows (the CEDT, from v5.16
 * on) and of other memory that no table has. /proc/iomem has the windows, once cxl_acpi is loaded.
 */
import { hex } from '../../../base/pfn.js';
import { parseWords } from '../../../base/words.js';
import { LAST_NODE } from '../../row_limits.js';
import { iomemRanges } from '../snapshot/iomem.js';
import type { DmesgRow } from './dmesg_facts.js';

const memoryless =
  /^Initmem setup node (\d+) (?:as memoryless|\[mem 0x0{16}-0x0{16}\])|^Initializing node (\d+) as/;

/** Bytes, `end` is one past the last. */
interface Range { readonly start: number; readonly end: number }

/**
 * Numbers by which the log knows nodes of the firmware. Where numa=fake= cut nodes in more, those
 * that none is cut from come behind: each gets the first number that is free.
 */
function namedNodes(
  ofFirmware: ReadonlySet<number>, faked: ReadonlyMap<number, number>,
): Set<number> {
  if (faked.size === 0) return new Set(ofFirmware);
  const named = new Set(faked.keys());
  const cut = new Set(faked.values());
  for (const nid of ofFirmware) {
    if (cut.has(nid)) continue;
    let free = 0;
    while (named.has(free)) free += 1;
    named.add(free);
  }
  return named;
}

/**
 * Without CPUs and memory; a row of an empty range each. No SRAT: there are no nodes.
 * @param faked by nid of numa=fake= the firmware's
 */
export function unnamedNodes(
  lines: readonly { readonly text: string; readonly line: number }[], rows: readonly DmesgRow[],
  faked: ReadonlyMap<number, number>,
): readonly DmesgRow[] {
  const ofSrat = rows.filter(({ row }) => row.event === 'srat_mem');
  if (ofSrat.length === 0) return [];
  const cpus = rows.filter(({ row }) => row.event === 'srat_cpu');
  const ofFirmware = new Set([...ofSrat, ...cpus].map(({ row }) => row.nid ?? 0));
  const named = namedNodes(ofFirmware, faked);
  return lines.flatMap(({ text, line }) => {
    const match = memoryless.exec(text);
    const nid = Number(match?.[1] ?? match?.[2] ?? NaN);
    if (Number.isNaN(nid) || nid > LAST_NODE || named.has(nid)) return [];
    named.add(nid);
    const args = 'start=0x0 end=0x0';
    return [{ row: { time_ns: 0, event: 'srat_mem', nid, args }, line } as const];
  });
}

function rangeOf(args = ''): Range {
  const words = parseWords(args);
  return { start: Number(words.get('start')), end: Number(words.get('end')) };
}

/** The windows of /proc/iomem, in order of their addresses. */
function windowsOf(iomem: string): readonly Range[] {
  return iomemRanges(iomem).filter(({ name }) => /^CXL Window \d+$/.test(name))
    .sort((a, b) => a.start - b.start);
}

/**
 * Their nodes are numbered in the order of the table, which firmware sorts by address: where there
 * are as many windows as nodes, each gets its own.
 */
export function withWindows(
  rows: readonly DmesgRow[], snapshots: Iterable<string>,
): readonly DmesgRow[] {
  const iomem = [...snapshots].findLast((text) => text.includes(' : CXL Window ')) ?? '';
  const ofSrat = rows.filter(({ row }) => row.event === 'srat_mem')
    .map(({ row }) => rangeOf(row.args));
  const windows = windowsOf(iomem).filter(({ start, end }) =>
    !ofSrat.some((range) => range.start < end && start < range.end));
  const isEmpty = ({ row: { event, args } }: DmesgRow): boolean =>
    event === 'srat_mem' && rangeOf(args).end === 0;
  if (windows.length !== rows.filter(isEmpty).length) return rows;
  const left = [...windows];
  return rows.map((one) => {
    const window = isEmpty(one) ? left.shift() : undefined;
    if (window === undefined) return one;
    const args = `start=${hex(window.start)} end=${hex(window.end)} hotplug=1`;
    return { ...one, row: { ...one.row, args } };
  });
}
