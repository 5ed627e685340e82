/**
 * Recordings of kernels without kprobe events: no call is seen. What steps did is known from the
 * steps, which memory a DIMM was from the snapshots; what is left changed memory unseen.
 */
import type { TraceBuilder } from '../../build.js';
import { eventTypes } from '../../events.js';
import type { RecordingInfo } from './recording_info.js';
import { wordsIn } from '../../row_words.js';

/** Memory blocks by number, with the args of their row. */
type Blocks = ReadonlyMap<number, string>;

/** What the recorder begins its note with when the kernel has no kprobe events at all. */
const NOTE = 'kprobe events';

export function seesNoCalls(info: RecordingInfo): boolean {
  return (info.recorder?.lacks ?? []).some((text) => text.startsWith(NOTE));
}

export interface AddedRange {
  readonly nid: number;
  readonly pfn: number;
  readonly nr_pages: number;
}

/** The blocks that are new, when they are one range of this size. */
export function addedRange(
  before: Blocks, after: Blocks, pages: number, blockPages: number,
): AddedRange | undefined {
  const added = [...after.keys()].filter((block) => !before.has(block)).sort((a, b) => a - b);
  const [first] = added;
  if (first === undefined || added.length * blockPages !== pages) return undefined;
  if (added.at(-1) !== first + added.length - 1) return undefined;
  const nid = Number(wordsIn('memory_block', after.get(first)).nodes?.split('/')[0] ?? 0);
  return { nid, pfn: first * blockPages, nr_pages: pages };
}

/** offline, `online in Normal`, or not there. */
function stateText(args: string | undefined): string {
  const { state, valid_zones } = wordsIn('memory_block', args);
  if (state === undefined) return 'not there';
  return state === 'online' ? `online in ${valid_zones}` : state;
}

/** `memory32`, `memory32 to memory35` with the same change, in order. */
function runs(changes: ReadonlyMap<number, string>): readonly string[] {
  const found: { first: number; last: number; change: string }[] = [];
  for (const [block, change] of [...changes].sort(([a], [b]) => a - b)) {
    const run = found.at(-1);
    if (run?.change === change && run.last === block - 1) run.last = block;
    else found.push({ first: block, last: block, change });
  }
  return found.map(({ first, last, change }) =>
    `memory${first}${last > first ? ` to memory${last}` : ''}: ${change}`);
}

/** Memory blocks that rows of inputs from this row on are about. */
export function drivenBlocks(
  builder: TraceBuilder, from: number, blockPages: number,
): ReadonlySet<number> {
  const { columns: { pfn, nr_pages }, length } = builder;
  const driven = new Set<number>();
  for (let row = from; row < length; row += 1) {
    if (eventTypes[builder.eventOf(row)].role !== 'input') continue;
    const end = (pfn.get(row) + nr_pages.get(row)) / blockPages;
    const first = Math.floor(pfn.get(row) / blockPages);
    for (let block = first; block < end; block += 1) driven.add(block);
  }
  return driven;
}

/** Blocks whose state changed between two snapshots without an input that may have done it. */
export function missingInputs(
  before: Blocks, after: Blocks, isDriven: (block: number) => boolean,
): readonly string[] {
  const changes = new Map<number, string>();
  for (const block of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before, after].map((blocks) => stateText(blocks.get(block)));
    if (was !== is && !isDriven(block)) changes.set(block, `was ${was}, is ${is}`);
  }
  return runs(changes);
}
