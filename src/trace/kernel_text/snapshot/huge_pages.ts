/** Huge pages in the meminfo files of a snapshot, as hugetlb_pool rows. */
import { own } from '../../../base/own.js';
import type { SnapshotRow } from './snapshot_row.js';

interface Section {
  readonly name: string;
  readonly first: number;
  readonly lines: readonly string[];
}

const words: Readonly<Record<string, string>> = { Free: 'free', Rsvd: 'reserved', Surp: 'surplus' };

/** The row of one file; undefined when it does not tell. */
function poolRow({ name, first, lines }: Section): SnapshotRow | undefined {
  const nid = /^node(\d+)_meminfo$/.exec(name)?.[1];
  const args: string[] = [];
  let total: number | undefined;
  let line = first;
  for (const [index, text] of lines.entries()) {
    const [, what = '', count = ''] = /HugePages_(\w+):\s+(\d+)/.exec(text) ?? [];
    if (what === 'Total') [total, line] = [Number(count), first + index];
    else if (own(words, what) !== undefined) args.push(`${own(words, what)}=${count}`);
  }
  if (total === undefined) return undefined;
  const row = { event: 'hugetlb_pool', nr_pages: total, args: args.join(' ') } as const;
  return { row: nid === undefined ? row : { ...row, nid: Number(nid) }, line };
}

/**
 * One row for each node, and one for all of them. None while there is no pool; `before`: there was
 * one in the snapshot before.
 */
export function hugePageRows(all: readonly Section[], before: boolean): readonly SnapshotRow[] {
  const files = all.filter(({ name }) => name === 'meminfo' || name.endsWith('_meminfo'));
  const rows = files.flatMap((section) => poolRow(section) ?? []);
  const isUsed = ({ row }: SnapshotRow): boolean =>
    row.nr_pages !== 0 || /reserved=[1-9]/.test(row.args ?? '');
  if (!before && !rows.some(isUsed)) return [];
  return rows.sort((a, b) => (a.row.nid ?? Infinity) - (b.row.nid ?? Infinity));
}
