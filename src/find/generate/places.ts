/** Which memory of a case's machine is there, which was plugged in, and where more can go. */
import { PAGE_SIZE } from '../../base/pfn.js';
import type { Random } from '../../base/random.js';
import { pfnIn } from './edges.js';
import type { RawMachine } from './raw_machine.js';

/** A range of pages that was plugged in or mapped. */
export interface Plugged { readonly pfn: number; readonly nr_pages: number; readonly nid: number }

export class Places {
  /** Pages of a memory block. */
  readonly block: number;
  readonly nodes: number;
  readonly plugged: Plugged[] = [];
  readonly #random: Random;
  readonly #memory: RawMachine['memory'];
  #next: number;

  constructor(random: Random, machine: RawMachine) {
    this.#random = random;
    this.#memory = machine.memory;
    this.block = machine.block_size / PAGE_SIZE;
    this.nodes = machine.nodes;
    this.#next = machine.free_pfn;
  }

  /** Where the next range would begin, but for a gap. */
  get next(): number {
    return this.#next;
  }

  nid(): number {
    return this.#random.between(0, this.nodes - 1);
  }

  /** Mostly the last node, which has least. */
  hotplugNid(): number {
    return this.#random.oneIn(2) ? this.nodes - 1 : this.nid();
  }

  /** A place for so many blocks: behind all others, now and then with a gap. */
  take(blocks: number): number {
    const gap = this.#random.oneIn(4) ? this.#random.between(1, 3) : 0;
    const pfn = this.#next + gap * this.block;
    this.#next = pfn + blocks * this.block;
    return pfn;
  }

  blocksOf({ pfn, nr_pages }: Plugged): number[] {
    const first = Math.floor(pfn / this.block);
    return Array.from({ length: Math.ceil(nr_pages / this.block) }, (_, index) => first + index);
  }

  /** A block that was plugged in, as a rule; else one of the boot, the first or last of a range. */
  anyBlock(): number {
    const random = this.#random;
    const range = random.oneIn(5) ? undefined : random.pick(this.plugged);
    if (range !== undefined) return random.pick(this.blocksOf(range)) ?? 0;
    const { start_pfn, end_pfn } = random.pick(this.#memory) ?? { start_pfn: 0, end_pfn: 1 };
    return Math.floor(pfnIn(random, start_pfn, end_pfn) / this.block);
  }

  anyPfn(): number {
    const range = this.#random.pick([
      ...this.plugged.map(({ pfn, nr_pages }) => ({ start_pfn: pfn, end_pfn: pfn + nr_pages })),
      ...this.#memory,
    ]) ?? { start_pfn: 0, end_pfn: 1 };
    // The page behind a range is the first of a hole.
    return this.#random.oneIn(4) ? range.end_pfn
      : pfnIn(this.#random, range.start_pfn, range.end_pfn);
  }
}
