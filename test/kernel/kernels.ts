/** What kernels there are to boot, and what is missing for that. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { findBusybox } from '../../src/record/initramfs.js';

/**
 * Series of Debian's stock kernels, oldest first; `.ci/kernels` fetches the newest of each.
 * `newest` is the newest of all that are there.
 */
const series = ['6.1', '6.12', '6.18', 'newest'];
/** The same of a release before: a few scenarios are recorded on it. */
const olderSeries = ['5.10'];

const cacheHome = process.env.XDG_CACHE_HOME ?? '';
/** Where `.ci/kernels` unpacks packages. */
const cache = join(cacheHome === '' ? join(homedir(), '.cache') : cacheHome, 'mmreplay/kernels');

export interface LabKernel {
  /** The image's file name, or the series that there is no image of. */
  readonly name: string;
  readonly file: string;
  /** Why it cannot be booted here; undefined when it can. */
  readonly whyNot: string | undefined;
}

const numbersOf = (release: string): number[] => release.match(/\d+/g)?.map(Number) ?? [];

/** 6.1.0-9 before 6.1.0-10: by the numbers in them. */
function byNumbers(a: string, b: string): number {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  const at = left.findIndex((number, index) => number !== right[index]);
  return at < 0 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
}

function newestOf(one: string): string | undefined {
  if (!existsSync(cache)) return undefined;
  const images = readdirSync(cache)
    .filter((name) => (one === 'newest' ? /^\d/.test(name) : name.startsWith(`${one}.`)))
    .sort(byNumbers).map((release) => join(cache, release, 'boot', `vmlinuz-${release}`));
  return images.filter((file) => existsSync(file)).at(-1);
}

function missingPrograms(): string[] {
  const missing = spawnSync('qemu-system-x86_64', ['--version']).status === 0 ? []
    : ['no qemu-system-x86_64'];
  try {
    findBusybox();
  } catch (error) {
    missing.push((error as Error).message);
  }
  return missing;
}

const programs = missingPrograms();

function labKernel(name: string, file: string | undefined): LabKernel {
  const missing = file === undefined || !existsSync(file)
    ? [...programs, `no kernel image ${name}`] : programs;
  return { name, file: file ?? '', whyNot: missing.length === 0 ? undefined : missing.join(', ') };
}

const named = (process.env.MMREPLAY_KERNELS ?? '').split(':').filter((file) => file !== '');

function ofSeries(one: string): LabKernel {
  const file = newestOf(one);
  return labKernel(file === undefined ? one : basename(file), file);
}

function ofAllSeries(): readonly LabKernel[] {
  const found = series.map(ofSeries);
  return found.filter(({ name }, index) => found.findIndex((one) => one.name === name) === index);
}

/** Images in MMREPLAY_KERNELS, separated by `:`, else the newest of each series; oldest first. */
export const kernels: readonly LabKernel[] = named.length > 0
  ? named.map((file) => labKernel(basename(file), file)) : ofAllSeries();
/** None when MMREPLAY_KERNELS says what to boot. */
export const olderKernels: readonly LabKernel[] = named.length > 0 ? [] : olderSeries.map(ofSeries);

/** Said once before the tests: what is missing and how to get it. */
export function setup(): void {
  const all = [...olderKernels, ...kernels];
  const missing = new Set(all.map(({ whyNot }) => whyNot).filter((why) => why !== undefined));
  if (missing.size === 0) return;
  process.stderr.write(`${[...missing].join('\n')}
These tests boot kernels in QEMU and are skipped without. To get all of it on Debian:
  sh -c 'apt-get update && apt-get install --no-install-recommends qemu-system-x86 busybox-static'
  .ci/kernels    # fetches Debian's ${[...olderSeries, ...series].join(', ')} into ${cache}
or name boot images: MMREPLAY_KERNELS=/boot/vmlinuz-A:/path/to/bzImage npm run test:kernel\n`);
}
