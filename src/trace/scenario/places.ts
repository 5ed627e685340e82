/** Where a step is: a memory block, a page, an address, a DIMM or a part of one. */
import { MIB, PAGE_SIZE } from '../../base/pfn.js';
import type { TraceError } from '../../base/errors.js';
import { isStateWord } from '../kernel_text/recording/shell_writes.js';
import type { Step } from './actions.js';
import { type Range } from './qemu_memory.js';

const places = ['block', 'pfn', 'address', 'dimm'] as const;

/** What of a step's fields cannot stand together. */
export function checkPlace(step: Step, wrong: (problem: string) => TraceError): void {
  if (step.action === 'add-dimm') return;
  const given = places.filter((key) => step[key] !== undefined);
  if (given.length > 1) {
    throw wrong(`step ${step.action} has ${given.join(' and ')}, expected one of them`);
  }
  if (isStateWord(step.action) && given.length === 0) {
    throw wrong(`step ${step.action} lacks "block", expected the number of a memory block, or one `
      + `of ${places.slice(1).join(', ')}`);
  }
  if (step.offset_mb !== undefined && step.dimm === undefined) {
    throw wrong(`step ${step.action} has offset_mb and no dimm, expected both`);
  }
  if (step.nr_pages !== undefined && step.size !== undefined) {
    throw wrong(`step ${step.action} has nr_pages and size, expected one of them`);
  }
  for (const key of ['address', 'size'] as const) {
    if (Number(step[key] ?? 0) % PAGE_SIZE === 0) continue;
    throw wrong(`"${key}" of step ${step.action} is ${step[key]}, expected whole pages of 4096`);
  }
}

/** Pages; empty where the step does not say it. */
export interface Place { readonly pfn?: number; readonly nr_pages?: number }

/** What the step's fields come to; a text: why that is nowhere. */
export function placeOf(
  step: Step, blockPages: number, dimms: ReadonlyMap<string, Range>,
): Place | string {
  const bySize = step.size === undefined ? undefined : Number(step.size) / PAGE_SIZE;
  const said = step.nr_pages ?? bySize;
  const sized = (pfn: number, whole?: number): Place => {
    const nr_pages = said ?? whole;
    return { pfn, ...(nr_pages === undefined ? {} : { nr_pages: Number(nr_pages) }) };
  };
  if (step.block !== undefined) return sized(Number(step.block) * blockPages, blockPages);
  if (step.pfn !== undefined) return sized(Number(step.pfn));
  if (step.address !== undefined) return sized(Number(step.address) / PAGE_SIZE);
  if (step.dimm === undefined) return said === undefined ? {} : { nr_pages: Number(said) };
  const range = dimms.get(String(step.dimm));
  if (range === undefined) return `DIMM ${step.dimm} is not there`;
  const start = range.start + Number(step.offset_mb ?? 0) * MIB;
  if (start >= range.end) return `DIMM ${step.dimm} has no byte at ${step.offset_mb} MiB`;
  return sized(start / PAGE_SIZE, (range.end - start) / PAGE_SIZE);
}

/** The numbers of the blocks that a step with a state word writes to: one, or all of a DIMM. */
export function blocksOf(
  step: Step, { pfn = 0, nr_pages = 1 }: Place, blockPages: number,
): number[] {
  const isSized = step.nr_pages !== undefined || step.size !== undefined;
  const isSeveral = isSized || (step.dimm !== undefined && step.offset_mb === undefined);
  const first = Math.floor(pfn / blockPages);
  const last = isSeveral ? Math.ceil((pfn + nr_pages) / blockPages) - 1 : first;
  return Array.from({ length: Math.max(1, last - first + 1) }, (_, index) => first + index);
}
