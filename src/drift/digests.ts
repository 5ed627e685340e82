/**
 * Which text of a function was read: digests by kernel, in files that ship. Of the kernel's text
 * nothing else is kept.
 */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../base/package_root.js';
import { writeFileWhole } from '../base/write_file.js';
import { modelled } from './drift.js';
import { byAge } from '../linux/history/since.js';
import type { KernelTree } from './kernel_tree.js';
import { Lookup, mainlineOf } from './lookup.js';

export interface ReadKernel {
  /** `7.3.4` */
  readonly version: string;
  /** By the model's name; functions that this kernel does not have are left out. */
  readonly functions: Readonly<Record<string, string>>;
}

const FOLDER = 'src/drift/digests';

/** Sixteen digits of the code: comments and layout do not count. */
function digest(code: string): string {
  return createHash('sha256').update(code).digest('hex').slice(0, 16);
}

/** The digests of a tree. */
export function digestsOf(tree: KernelTree): ReadKernel {
  const lookup = new Lookup(tree);
  const entries = modelled().flatMap(([name, tag]) => {
    const found = lookup.find(name, tag.kernelFile);
    return found === undefined ? [] : [[name, digest(found.fn.code)] as const];
  });
  return { version: tree.version,
    functions: Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))) };
}

/** Writes FOLDER/7.3.4.json; its path. */
export function writeDigests(read: ReadKernel, folder: string): string {
  const path = join(folder, `${read.version}.json`);
  writeFileWhole(path, `${JSON.stringify(read, undefined, 1)}\n`);
  return path;
}

/** The kernels whose digests ship, the oldest first. */
export function readKernels(): readonly ReadKernel[] {
  const folder = join(packageRoot(), FOLDER);
  return readdirSync(folder).filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as ReadKernel)
    .sort((a, b) => byAge(`v${a.version}`, `v${b.version}`));
}

/** Tags whose function has the same text in a newer kernel: by name, the version to write. */
export function raisedTags(kernels: readonly ReadKernel[]): ReadonlyMap<string, string> {
  const raised = new Map<string, string>();
  for (const [name, tag] of modelled()) {
    const at = kernels.findIndex(({ version }) => mainlineOf(version) === tag.version);
    const read = kernels[at]?.functions[name];
    if (read === undefined) continue;
    const newest = kernels.findLast(({ functions }) => functions[name] === read);
    if (newest === undefined || newest === kernels[at]) continue;
    raised.set(name, mainlineOf(newest.version));
  }
  return raised;
}

/** Of one kernel: how many functions of the model it has, and what is known of their texts. */
export interface ReadCount {
  readonly version: string;
  /** Functions of the model that it has. */
  readonly has: number;
  /** Their tag is of this version. */
  readonly readHere: number;
  /** Their tag is of another version, whose text is the same. */
  readonly sameText: number;
  /** Their tag is of a version with another text, by name. */
  readonly otherText: readonly string[];
  /** Their tag is of a version without digests, by name. */
  readonly unknown: readonly string[];
}

export function readCounts(kernels: readonly ReadKernel[]): readonly ReadCount[] {
  const byMainline = new Map(kernels.map((one) => [mainlineOf(one.version) as string, one]));
  return kernels.map((kernel): ReadCount => {
    const mine = modelled().filter(([name]) => Object.hasOwn(kernel.functions, name));
    const of = (version: string) => byMainline.get(/^v\d+\.\d+/.exec(version)?.[0] ?? '');
    const others = mine.filter(([, tag]) => of(tag.version) !== kernel);
    const textAt = (name: string, version: string): string | undefined =>
      of(version)?.functions[name];
    const names = (wanted: (read: string | undefined, name: string) => boolean) => others
      .filter(([name, tag]) => wanted(textAt(name, tag.version), name)).map(([name]) => name);
    return {
      version: kernel.version, has: mine.length, readHere: mine.length - others.length,
      sameText: names((read, name) => read === kernel.functions[name]).length,
      otherText: names((read, name) => read !== undefined && read !== kernel.functions[name]),
      unknown: names((read) => read === undefined),
    };
  });
}
