/** /proc/iomem: what lies where in the address space. */

export interface IomemRange {
  /** Bytes, `end` is one past the last. */
  readonly start: number;
  readonly end: number;
  /** `System RAM`, `CXL Window 0`, `dax0.0`. */
  readonly name: string;
  /** 0 for what is inside nothing else. */
  readonly depth: number;
}

/** Its lines in a text that may have other files too, as they stand there. */
export function iomemRanges(text: string): readonly IomemRange[] {
  return [...text.matchAll(/^( *)([0-9a-f]{8,16})-([0-9a-f]{8,16}) : (.+)$/gm)]
    .map(([, indent = '', first = '', last = '', name = '']) => ({
      start: parseInt(first, 16), end: parseInt(last, 16) + 1, name, depth: indent.length / 2,
    }));
}
