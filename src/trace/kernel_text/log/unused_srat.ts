/** SRAT lines that say nothing of the nodes: the kernel has one node then (dummy_numa_init()). */
import { hex } from '../../../base/pfn.js';
import { wordsIn } from '../../row_words.js';
import type { DmesgRow } from './dmesg_facts.js';
import type { LogLine, LogProblem } from './log_lines.js';

/** Why they are not used, and whether the log itself says so. */
export interface UnusedSrat extends LogProblem {
  readonly isTold: boolean;
}

interface Range { readonly start: number; readonly end: number }

function rangeOf({ row }: DmesgRow): Range {
  const { start = 0, end = 0 } = wordsIn('e820', row.args);
  return { start, end };
}

function isCovered({ start, end }: Range, nodes: readonly Range[]): boolean {
  const covered = nodes.reduce((sum, node) =>
    sum + Math.max(0, Math.min(end, node.end) - Math.max(start, node.start)), 0);
  return covered >= end - start;
}

/** Undefined: they are used, or there are none. */
export function unusedSrat(
  lines: readonly LogLine[], rows: readonly DmesgRow[],
): UnusedSrat | undefined {
  const srat = rows.filter(({ row }) => row.event === 'srat_mem');
  const [first] = srat;
  if (first === undefined) return undefined;
  const told = lines.find(({ text }) => text.startsWith('No NUMA configuration found'));
  if (told !== undefined && told.line > first.line) {
    return { line: told.line, isTold: true,
      message: 'the kernel did not use its SRAT: all memory is on node 0' };
  }
  const nodes = srat.map(rangeOf);
  const memory = rows.filter(({ row }) => row.event === 'e820' &&
    wordsIn('e820', row.args).type === 'usable');
  const bare = memory.find((one) => !isCovered(rangeOf(one), nodes));
  if (bare === undefined) return undefined;
  const { start, end } = rangeOf(bare);
  return { line: bare.line, isTold: false, message: `no SRAT line has all of the memory from `
    + `${hex(start)} to ${hex(end)}, expected each of it on a node; is a line missing? A kernel `
    + 'uses no such SRAT: all memory is taken to be on node 0' };
}
