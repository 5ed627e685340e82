/**
 * Memory that was hot-added before the recording began: the first snapshot has blocks where the
 * boot map has no memory. They come as inputs of their own, so that the replay gets there too.
 */
import { TraceError } from '../../../base/errors.js';
import { PAGE_SIZE } from '../../../base/pfn.js';
import { BEFORE } from '../../call_marks.js';
import type { TraceRow } from '../../trace.js';
import { iomemRanges } from '../snapshot/iomem.js';
import type { SnapshotRow } from '../snapshot/snapshot_row.js';
import { wordsIn } from '../../row_words.js';

/** Each is an input of its own: 32 TiB in blocks of 128 MiB, 512 TiB in those of 2 GiB. */
const MOST_ADDED = 2 ** 18;

type Row = Omit<TraceRow, 'time_ns'>;

interface Block {
  readonly pfn: number;
  readonly nid: number;
  /** Zone it is online in; undefined: offline. */
  readonly zone: string | undefined;
}

/** Bytes. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** Usable ranges of the boot map. */
function bootRanges(rows: readonly Row[]): readonly Range[] {
  return rows.filter(({ event }) => event === 'e820').flatMap(({ args }) => {
    const { type, start = 0, end = 0 } = wordsIn('e820', args);
    return type === 'usable' ? [{ start, end }] : [];
  });
}

/** `System RAM` of /proc/iomem: one range for each DIMM that was added. */
function ramRanges(snapshot: string): readonly Range[] {
  return iomemRanges(snapshot)
    .filter(({ name, depth }) => depth === 0 && name.startsWith('System RAM'));
}

function hotAddedBlocks(
  boot: readonly Range[], blocks: ReadonlyMap<number, string>, blockPages: number,
): readonly Block[] {
  const found: Block[] = [];
  for (const [id, args] of [...blocks].sort(([a], [b]) => a - b)) {
    const start = id * blockPages * PAGE_SIZE;
    const end = start + blockPages * PAGE_SIZE;
    if (boot.some((range) => range.start < end && range.end > start)) continue;
    const { state, nodes, valid_zones } = wordsIn('memory_block', args);
    found.push({
      pfn: id * blockPages, nid: Number(nodes?.split('/')[0] ?? 0),
      zone: state === 'online' ? valid_zones : undefined,
    });
  }
  return found;
}

/** Runs of blocks that came together: of one DIMM when /proc/iomem tells, and of one node. */
function runs(blocks: readonly Block[], ram: readonly Range[], blockPages: number): Block[][] {
  const found: Block[][] = [];
  for (const block of blocks) {
    const last = found.at(-1)?.at(-1);
    const begins = ram.some((range) => range.start === block.pfn * PAGE_SIZE);
    const follows = last !== undefined && last.pfn + blockPages === block.pfn;
    if (follows && !begins && last.nid === block.nid) found.at(-1)?.push(block);
    else found.push([block]);
  }
  return found;
}

/** Both rows of a call that was over before the recording began. */
function call(row: Row): readonly Row[] {
  const task = 'before';
  return [{ ...row, task, phase: 'B', args: BEFORE },
    { ...row, task, phase: 'E', ret: 0, args: BEFORE }];
}

interface FirstSnapshot {
  readonly file: string;
  readonly text: string;
  readonly rows: readonly SnapshotRow[];
  /** Its memory blocks, by id. */
  readonly blocks: ReadonlyMap<number, string>;
}

/**
 * The inputs, and the first snapshot's rows with the managed pages that the boot left. Error:
 * TraceError for more blocks than any machine was grown by.
 */
export function hotAddedBefore(
  bootRows: readonly Row[], { file, text, rows, blocks }: FirstSnapshot, blockPages: number,
): { readonly inputs: readonly Row[]; readonly rows: readonly SnapshotRow[] } {
  const added = hotAddedBlocks(bootRanges(bootRows), blocks, blockPages);
  if (added.length === 0) return { inputs: [], rows };
  if (added.length > MOST_ADDED) {
    throw new TraceError({ file, line: 0 }, `has ${added.length} memory blocks where the boot has `
      + `no memory, expected ${MOST_ADDED} hot-added ones at most: is the log of this machine?`);
  }
  const adds = runs(added, ramRanges(text), blockPages).flatMap(([first, ...rest]) =>
    call({
      event: 'add_memory', nid: first?.nid ?? 0, pfn: first?.pfn ?? 0,
      nr_pages: (rest.length + 1) * blockPages,
    }));
  const onlines = added.filter(({ zone }) => zone !== undefined).flatMap(({ pfn, zone }) => call({
    event: zone === 'Movable' ? 'online_movable' : 'online_kernel', pfn, nr_pages: blockPages,
  }));
  return {
    inputs: [...adds, ...onlines], rows: rows.flatMap((one) => atBoot(one, added, blockPages)),
  };
}

/** Managed pages less those of the blocks that came later; no row when nothing is left. */
function atBoot(
  one: SnapshotRow, added: readonly Block[], blockPages: number,
): readonly SnapshotRow[] {
  const { row } = one;
  if (row.event !== 'managed_at_boot') return [one];
  const later = added.filter(({ nid, zone }) => nid === row.nid && zone === row.zone).length;
  const pages = (row.nr_pages ?? 0) - later * blockPages;
  return pages > 0 ? [{ ...one, row: { ...row, nr_pages: pages } }] : [];
}
