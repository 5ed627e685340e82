/**
 * When each node's part of /proc/zoneinfo was printed, by the calls of zoneinfo_show() that the
 * trace has. There are more calls than nodes: seq_read_iter() (fs/seq_file.c) prints a node again
 * when its buffer was too small for it, which depends on how long each node's text is.
 */
import { at } from '../../../base/assert.js';

/** PAGE_SIZE: the buffer that seq_read_iter() begins with, in bytes. */
const FIRST_BUFFER = 4096;
/** Bytes that readers ask for at once: cat of busybox, a pipe between files, cat of coreutils. */
const readers = [4096, 65536, 131072] as const;

/** A node's part of the file. */
export interface NodeText {
  readonly nid: number;
  /** Bytes. */
  readonly length: number;
}

/** The nodes of a snapshot's zoneinfo, in order. */
export function nodeTexts(snapshot: string): readonly NodeText[] {
  const found: { nid: number; length: number }[] = [];
  let inside = false;
  for (const line of snapshot.split('\n')) {
    if (line.startsWith('#FILE ')) {
      inside = line === '#FILE zoneinfo';
      continue;
    }
    if (!inside) continue;
    const nid = Number(/^Node (\d+), zone/.exec(line)?.[1] ?? NaN);
    if (nid === nid && found.at(-1)?.nid !== nid) found.push({ nid, length: 0 });
    const last = found.at(-1);
    if (last !== undefined) last.length += Buffer.byteLength(line) + 1;
  }
  return found;
}

/** The node that each call of zoneinfo_show() prints, by its index, for one reader. */
function printed(texts: readonly NodeText[], reader: number): readonly number[] {
  const calls: number[] = [];
  const lengthOf = (index: number): number => at(texts, index).length;
  let [buffer, uncopied, index] = [FIRST_BUFFER, 0, 0];
  while (index < texts.length) {
    const room = reader - Math.min(uncopied, reader);
    uncopied -= reader - room;
    if (uncopied > 0) continue;
    calls.push(index);
    while (lengthOf(index) >= buffer) {
      buffer *= 2;
      calls.push(index);
    }
    let count = lengthOf(index++);
    while (index < texts.length && count < room) {
      calls.push(index);
      if (count + lengthOf(index) >= buffer) break;
      count += lengthOf(index++);
    }
    uncopied = Math.max(0, count - room);
  }
  return calls;
}

/**
 * By node: the time of the call whose text was read, in ns. Undefined when these are not the calls
 * of one reader, as far as it can be told: some were lost, or somebody else read the file too.
 */
export function shownTimes(
  texts: readonly NodeText[], shown: readonly number[],
): ReadonlyMap<number, number> | undefined {
  const fitting = readers.map((reader) => printed(texts, reader))
    .filter((calls) => calls.length === shown.length)
    .map((calls) => texts.map((_, index) => at(shown, calls.lastIndexOf(index))));
  const [times] = fitting;
  if (times === undefined || fitting.some((other) => `${other}` !== `${times}`)) return undefined;
  return new Map(texts.map(({ nid }, index) => [nid, at(times, index)]));
}
