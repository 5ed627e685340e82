/** Which version of the model stands for a kernel release. */
import { PatchError } from '../base/errors.js';
import { versions } from '../linux/history/versions.js';
import type { TraceHeader } from '../trace/trace.js';

/** `6.1.0-56-amd64`, `v5.3.14` as numbers; undefined when it does not start like a version. */
function numbers(release: string): readonly number[] | undefined {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(release);
  if (match === null) return undefined;
  return match.slice(1).map((part) => Number(part ?? 0));
}

function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < 3; i += 1) {
    const order = (a[i] ?? 0) - (b[i] ?? 0);
    if (order !== 0) return order;
  }
  return 0;
}

/** As versionOfHeader(); undefined when the model does not know the kernel. */
export function knownVersion(header: TraceHeader): string | undefined {
  try {
    return versionOfHeader(header);
  } catch (error) {
    if (error instanceof PatchError) return undefined;
    throw error;
  }
}

/** `4.15.0-213-generic` as its series `4.15.0` and its number; undefined: not of that form. */
function numbered(release: string): { series: string; number: number } | undefined {
  const match = /^v?(\d+\.\d+\.0)-(\d+)(?![\d.])/.exec(release);
  return match?.[1] === undefined ? undefined : { series: match[1], number: Number(match[2]) };
}

/**
 * The version for a series that a distribution kept when its stable tree had ended, such as
 * `v4.15.0-125`: its kernels got fixes of other trees, and only their own number says which.
 */
function keptVersion(release: string): string | undefined {
  const own = numbered(release);
  return versions.map(({ id }) => ({ id, kept: numbered(id) }))
    .filter(({ kept }) => own !== undefined && kept?.series === own.series
      && kept.number <= own.number)
    .sort((a, b) => (b.kept?.number ?? 0) - (a.kept?.number ?? 0))[0]?.id;
}

/**
 * The newest version of the model that is not newer than the release.
 * Errors: PatchError when the release is older than all of them, or is no release.
 */
export function versionOf(release: string): string {
  const kept = keptVersion(release);
  if (kept !== undefined) return kept;
  const wanted = numbers(release);
  const known = versions.map((version) => version.id);
  if (wanted !== undefined) {
    const found = known
      .filter((id) => numbered(id) === undefined)
      .map((id) => ({ id, at: numbers(id) ?? [] }))
      .filter(({ at }) => compareNumbers(at, wanted) <= 0)
      .sort((a, b) => compareNumbers(b.at, a.at))[0];
    if (found !== undefined) return found.id;
  }
  const what = wanted === undefined ? 'is not a kernel release' : 'is older than the model';
  throw new PatchError(
    `kernel ${release === '' ? '(none given)' : release} ${what}; ` +
    `there are ${known.at(-1)} to ${known[0]} (\`mmreplay list versions\`; --base names one)`);
}

/** A release of a series that came after the newest version of the model, which stands for it. */
export function isNewerThanModel(release: string): boolean {
  const wanted = numbers(release);
  const newest = numbers(versions[0]?.id ?? '');
  if (wanted === undefined || newest === undefined) return false;
  return compareNumbers(wanted.slice(0, 2), newest.slice(0, 2)) > 0;
}

/**
 * The version for a trace: its stable release counts, when it is one of the named kernel's series,
 * because the fixes in it change what the kernel does.
 * Errors: as versionOf().
 */
export function versionOfHeader(
  { kernel, stable }: Pick<TraceHeader, 'kernel' | 'stable'>,
): string {
  const kept = keptVersion(kernel);
  if (kept !== undefined) return kept;
  const [own, fixed] = [numbers(kernel), numbers(stable ?? '')];
  const same = own !== undefined && fixed?.[0] === own[0] && fixed?.[1] === own[1];
  return versionOf(same && stable !== undefined ? stable : kernel);
}
