/** CPUs of a boot with numa=fake=: the log has the faked node of each, rows the firmware's. */
import type { DmesgRow } from './dmesg_facts.js';
import type { LogLine } from './log_lines.js';
import { wordsIn } from '../../row_words.js';

/**
 * By faked nid: the node of the firmware that it is cut from, by the lines of emu_setup_memblk()
 * and the SRAT's ranges. Empty where no node is faked.
 */
export function firmwareNodes(
  lines: readonly LogLine[], rows: readonly DmesgRow[],
): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  const ranges = rows.flatMap(({ row }) => (row.event === 'srat_mem'
    ? [{ nid: row.nid ?? 0, ...wordsIn('srat_mem', row.args) }] : []));
  for (const { text } of lines) {
    const [, nid, hex] = /^Faking node (\d+) at \[mem 0x([0-9a-f]+)-/.exec(text) ?? [];
    if (nid === undefined || found.has(Number(nid))) continue;
    const start = Number.parseInt(hex ?? '', 16);
    const owner = ranges.find((range) => (range.start ?? 0) <= start && start < (range.end ?? 0));
    found.set(Number(nid), owner?.nid ?? 0);
  }
  return found;
}
