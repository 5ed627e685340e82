/** Numbers as people write them: digits alone, and no more than are kept exactly. */

/** Undefined: it is none, or more than is exact; neither 0x10, 1e3, -0, 1.0 nor blanks. */
export function wholeNumber(text: string): number | undefined {
  const value = Number(text);
  return /^\d+$/.test(text) && Number.isSafeInteger(value) ? value : undefined;
}
