/** Numbers as the kernel prints them: decimal, `-12`, `0x1f`; undefined when it is none. */
export function kernelNumber(text: string): number | undefined {
  if (/^-?\d+$/.test(text)) return wrapped(text, 10);
  if (/^-?0[xX][0-9a-fA-F]+$/.test(text)) return wrapped(text, 16);
  return undefined;
}

/** Above 2^53 only negative numbers printed as unsigned long occur. */
function wrapped(text: string, base: 10 | 16): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^-/, '');
  return sign * Number(BigInt.asIntN(64, BigInt(base === 16 ? digits : digits)));
}

/** Seconds with a decimal fraction, as text, in nanoseconds, exactly. */
export function nanoseconds(seconds: string, fraction: string): number {
  return Number(seconds) * 1e9 + Number(fraction.padEnd(9, '0').slice(0, 9));
}
