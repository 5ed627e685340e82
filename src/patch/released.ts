/** Which versions have a policy already, by its field `released`. */
import { versions } from '../linux/history/versions.js';

type Numbers = readonly [major: number, minor: number, patch: number | undefined];

function numbersOf(text: string): Numbers | undefined {
  const match = /^v(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  if (match === null) return undefined;
  return [Number(match[1]), Number(match[2]),
    match[3] === undefined ? undefined : Number(match[3])];
}

function compare(a: Numbers, b: Numbers): number {
  return a[0] - b[0] || a[1] - b[1] || (a[2] ?? 0) - (b[2] ?? 0);
}

/** `v5.18 -`, `v4.8 - v5.17.3`, `v5.17.4` (and later ones of its tree), `v5.10 to v5.10.23`. */
function isIn(part: string, version: Numbers): boolean {
  const [from = '', to] = part.trim().split(/ (?:-|to)(?: |$)/);
  const begin = numbersOf(from);
  if (begin === undefined) return false;
  const isSameTree = begin[0] === version[0] && begin[1] === version[1];
  if (to === undefined) return isSameTree && compare(version, begin) >= 0;
  if (compare(version, begin) < 0) return false;
  const end = numbersOf(to);
  if (end === undefined) return true;
  // `- v6.6` is all of 6.6, `- v5.17.3` is not all of 5.17.
  return end[2] === undefined
    ? version[0] - end[0] < 0 || (version[0] === end[0] && version[1] <= end[1])
    : compare(version, end) <= 0;
}

/** The kernel of this version does what the policy does. */
function covers(released: string, version: string): boolean {
  const numbers = numbersOf(version);
  return numbers !== undefined && released.split(',').some((part) => isIn(part, numbers));
}

/** The newest mainline release before it that does not have it; undefined: this one does not. */
export function versionWithout(
  released: string | undefined, version: string,
): string | undefined {
  if (released === undefined || !covers(released, version)) return undefined;
  const at = versions.findIndex(({ id }) => id === version);
  return versions.slice(at).find(({ id, on }) => id === on && !covers(released, id))?.id;
}
