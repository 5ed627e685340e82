import { kernelNumber } from '../numbers.js';

/** Where struct pages begin without KASLR: with page tables of four levels, and of five. */
const VMEMMAP_STARTS = [0xffffea0000000000n, 0xffd4000000000000n];
/** The most that struct pages can take behind that. */
const VMEMMAP_SIZE = 2n ** 46n;
const STRUCT_PAGE_SIZE = 64n;

/**
 * The pfn of a page that the kernel dumps, by the first line of the dump. Up to v5.8 that has the
 * address of the struct page only, which tells the pfn when the kernel was not moved at boot.
 */
export function dumpedPfn(text: string, nokaslr: boolean): number | undefined {
  const [, address, pfn] = /^page:([0-9a-f]{16})?.*?(?:\bpfn:(0x[0-9a-f]+)|$)/.exec(text) ?? [];
  if (pfn !== undefined) return kernelNumber(pfn);
  if (address === undefined || !nokaslr) return undefined;
  const offset = VMEMMAP_STARTS.map((start) => BigInt(`0x${address}`) - start)
    .find((bytes) => bytes >= 0n && bytes < VMEMMAP_SIZE);
  return offset === undefined ? undefined : Number(offset / STRUCT_PAGE_SIZE);
}
