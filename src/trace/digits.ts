/** Numbers out of digits two at a time: a table says what two bytes are worth. */

const PAIRS = 65536;

/** Value of each letter as a hexadecimal digit, -1 for all others. */
export const hexDigits = Int8Array.from(
  { length: 256 }, (_, byte) => '0123456789abcdef'.indexOf(String.fromCharCode(byte)));

/** Value of two digits by the little-endian 16 bits that hold them; -1 when they are no digits. */
function pairsOf(base: 10 | 16): Int16Array {
  const pairs = new Int16Array(PAIRS).fill(-1);
  const digits = [...'0123456789abcdef'].slice(0, base);
  digits.forEach((high, tens) => digits.forEach((low, ones) => {
    pairs[high.charCodeAt(0) | low.charCodeAt(0) << 8] = tens * base + ones;
  }));
  return pairs;
}

export const decimalPairs = pairsOf(10);
export const hexPairs = pairsOf(16);

/** Six decimal digits; negative when one is none. */
export function sixDigits(view: DataView, at: number): number {
  const high = decimalPairs[view.getUint16(at, true)] as number;
  const middle = decimalPairs[view.getUint16(at + 2, true)] as number;
  const low = decimalPairs[view.getUint16(at + 4, true)] as number;
  return (high | middle | low) < 0 ? -1 : high * 10_000 + middle * 100 + low;
}
