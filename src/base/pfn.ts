/**
 * Page frame numbers and byte addresses are plain numbers (exact to 2^53) and never meet a bit
 * operator, which would cut them to 32 bits: the few functions that split and round them are here.
 */

/** Bytes in a page of x86-64. */
export const PAGE_SIZE = 4096;
/** Bytes. */
export const MIB = 2 ** 20;
export const GIB = 2 ** 30;

/** `value` rounded down to a multiple of `unit` (any unit: pages, bytes). */
export function roundDown(value: number, unit: number): number {
  return Math.floor(value / unit) * unit;
}

/** `value` rounded up to a multiple of `unit`. */
export function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

/** The nearest value that is no less than `least` and no more than `most`. */
export function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

/** Pages whose first byte is below `bytes`, rounded down: the pfn of an address. */
export function pfnDown(bytes: number): number {
  return Math.floor(bytes / PAGE_SIZE);
}

/** The first pfn at or above the byte address. */
export function pfnUp(bytes: number): number {
  return Math.ceil(bytes / PAGE_SIZE);
}

/** Hexadecimal as the kernel prints a pfn: `0x1f`; an address of `digits` has zeros in front. */
export function hex(value: number, digits = 1): string {
  return `${value < 0 ? '-' : ''}0x${Math.abs(value).toString(16).padStart(digits, '0')}`;
}
