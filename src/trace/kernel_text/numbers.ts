/** Numbers as the kernel prints them: decimal, `-12`, `0x1f`; undefined when it is none. */
export function kernelNumber(text: string): number | undefined {
  return /^-?(?:\d+|0[xX][0-9a-fA-F]+)$/.test(text) ? wrapped(text) : undefined;
}

/** Above 2^53 only negative numbers printed as unsigned long occur. */
function wrapped(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  const sign = text.startsWith('-') ? -1 : 1;
  return sign * Number(BigInt.asIntN(64, BigInt(text.replace(/^-/, ''))));
}

/** Seconds with a decimal fraction, as text, in nanoseconds, exactly. */
export function nanoseconds(seconds: string, fraction: string): number {
  return Number(seconds) * 1e9 + Number(fraction.padEnd(9, '0').slice(0, 9));
}
