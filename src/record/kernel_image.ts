import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UsageError } from '../base/errors.js';
import { isRegular } from '../base/read_file.js';

/** A kernel that QEMU can boot, and where its modules are. */
export interface KernelImage {
  readonly file: string;
  /** As `uname -r` prints it. */
  readonly release: string;
  /** Folder of its modules; undefined when none was found: everything is built in then. */
  readonly modules: string | undefined;
}

// Offsets in the setup header of a bzImage: Documentation/arch/x86/boot.rst.
const MAGIC_OFFSET = 0x202;
const VERSION_OFFSET = 0x20e;
const SECTOR = 0x200;

function releaseOf(file: string, image: Buffer): string {
  if (image.length < 0x400 || image.toString('latin1', MAGIC_OFFSET, MAGIC_OFFSET + 4) !== 'HdrS') {
    throw new UsageError(`${file}: is not an x86 boot image, expected a vmlinuz or bzImage`);
  }
  const start = image.readUInt16LE(VERSION_OFFSET) + SECTOR;
  const text = image.toString('latin1', start, image.indexOf(0, start));
  const release = text.split(' ')[0] ?? '';
  if (/^\w[\w.+~-]{0,99}$/.test(release)) return release;
  throw new UsageError(`${file}: its release is ${JSON.stringify(release.slice(0, 100))}, `
    + 'expected letters, digits and . _ + ~ - only, as uname -r prints it');
}

function modulesOf(file: string, release: string): string | undefined {
  const folder = dirname(file);
  // Where the image stands among its modules: Debian since 6.19, Fedora.
  if (basename(folder) === release && existsSync(join(folder, 'kernel'))) return folder;
  const roots = [join(dirname(folder), 'lib'), join(dirname(folder), 'usr/lib'), folder, '/lib'];
  return roots.map((root) => join(root, 'modules', release)).find((folder) => existsSync(folder));
}

/**
 * Reads the release out of a vmlinuz or bzImage and looks for its modules: in `modules` when
 * given, beside the image as a distribution's package lays them out, or in /lib/modules.
 * @throws UsageError when the file is not a boot image
 */
export function openKernelImage(file: string, modules?: string): KernelImage {
  if (!existsSync(file)) throw new UsageError(`${file}: no such kernel image`);
  if (!isRegular(file)) throw new UsageError(`${file}: is no regular file, expected an image`);
  const release = releaseOf(file, readFileSync(file));
  return { file, release, modules: modules ?? modulesOf(file, release) };
}

const decompressors: Readonly<Record<string, string>> = {
  '.xz': 'xz', '.zst': 'zstd', '.gz': 'gzip',
};

function readModule(file: string): Buffer {
  const suffix = Object.keys(decompressors).find((end) => file.endsWith(end));
  if (suffix === undefined) return readFileSync(file);
  return execFileSync(decompressors[suffix] as string, ['-dc', file], { maxBuffer: 1 << 28 });
}

/** File names say `-` or `_` as the author liked; the kernel's own name has `_`. */
const moduleName = (file: string): string =>
  basename(file).replace(/\.ko(\.\w+)?$/, '').replaceAll('-', '_');

function dependsOn(module: Buffer): readonly string[] {
  const start = module.indexOf('\0depends=') + '\0depends='.length;
  const text = module.toString('latin1', start, module.indexOf(0, start));
  return text.split(',').filter((name) => name !== '').map(moduleName);
}

function moduleFiles(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return new Map(files.filter((name) => /\.ko(\.\w+)?$/.test(name))
    .map((name) => [moduleName(name), join(folder, name)]));
}

/** A kernel module, uncompressed. */
export interface KernelModule {
  readonly name: string;
  readonly data: Buffer;
}

/**
 * The named modules and what they depend on, in an order in which they can be loaded. A name that
 * the kernel has no module for is left out: it may be built in, and its user finds out.
 */
export function loadModules(kernel: KernelImage, names: readonly string[]): KernelModule[] {
  if (kernel.modules === undefined) return [];
  const files = moduleFiles(kernel.modules);
  const loaded = new Map<string, KernelModule>();
  const load = (name: string): void => {
    const file = files.get(name);
    if (file === undefined || loaded.has(name)) return;
    const data = readModule(file);
    dependsOn(data).forEach(load);
    loaded.set(name, { name, data });
  };
  names.map(moduleName).forEach(load);
  return [...loaded.values()];
}
