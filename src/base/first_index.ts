/** Looking for a place in a sorted list without going through all of it. */

/** The first index of which `isBehind` is true; it stays true behind it. `length`: of none. */
export function firstIndex(length: number, isBehind: (index: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isBehind(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The first of sorted ranges without overlap that ends behind `start`; `length`: of none. */
export function firstEndingBehind(
  ranges: readonly { readonly end: number }[], start: number,
): number {
  return firstIndex(ranges.length, (index) => (ranges[index]?.end ?? Infinity) > start);
}
