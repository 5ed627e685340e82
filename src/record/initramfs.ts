import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { UsageError } from '../base/errors.js';
import { isRegular } from '../base/read_file.js';
import { CHARACTER_DEVICE, cpioArchive, type CpioEntry, DIRECTORY, EXECUTABLE } from './cpio.js';
import { type KernelImage, loadModules } from './kernel_image.js';
import { scriptText } from './script.js';

/** Loaded before the first command: what the way out needs. */
const bootModules = ['virtio_pci', 'virtio_console'];
/** Loaded by a step when it needs one. */
const stepModules = [
  'virtio_mem', 'notifier_error_inject', 'memory_notifier_error_inject',
  'nd_e820', 'dax_pmem', 'kmem', 'dax_hmem',
  'cxl_acpi', 'cxl_pci', 'cxl_mem', 'dax_cxl',
];

const usualPlaces = ['/bin/busybox', '/usr/bin/busybox', '/bin/busybox.static'];

/**
 * The first busybox of the places where distributions put a static one.
 * @throws UsageError when there is none, or it is linked dynamically
 */
export function findBusybox(file?: string): string {
  const places = file === undefined ? usualPlaces : [file];
  const found = places.find((place) => existsSync(place));
  if (found === undefined) {
    throw new UsageError(
      `no busybox in ${places.join(', ')}: install busybox-static or say --busybox`);
  }
  if (!isRegular(found)) throw new UsageError(`${found}: is no regular file, expected a busybox`);
  const program = readFileSync(found);
  if (program.includes('/ld-linux') || program.includes('/ld-musl')) {
    throw new UsageError(`${found}: is linked dynamically, expected a static busybox`);
  }
  return found;
}

function moduleEntries(kernel: KernelImage): CpioEntry[] {
  const files = (folder: string, names: readonly string[]): CpioEntry[] =>
    loadModules(kernel, names).map((module, index) => ({
      // The number keeps the order of loading in a shell's `*`.
      path: `mod/${folder}/${String(index).padStart(2, '0')}-${module.name}.ko`,
      mode: EXECUTABLE, data: module.data,
    }));
  return [...files('boot', bootModules),
    ...stepModules.flatMap((name) =>
      [{ path: `mod/${name}`, mode: DIRECTORY }, ...files(name, [name])])];
}

/**
 * A gzip-compressed initramfs: busybox, the recorder, the modules a recording can need, and
 * what else the caller wants in it.
 */
export function buildInitramfs(
  kernel: KernelImage, busybox: string, extra: readonly CpioEntry[] = [],
): Buffer {
  const folders = ['bin', 'dev', 'mod', 'mod/boot'].map((path) => ({ path, mode: DIRECTORY }));
  return gzipSync(cpioArchive([
    ...folders,
    { path: 'dev/console', mode: CHARACTER_DEVICE, device: [5, 1] },
    { path: 'bin/busybox', mode: EXECUTABLE, data: readFileSync(busybox) },
    { path: 'bin/sh', mode: EXECUTABLE, data: readFileSync(busybox) },
    { path: 'init', mode: EXECUTABLE, data: scriptText('guest_init.sh') },
    { path: 'record.sh', mode: EXECUTABLE, data: scriptText('record.sh') },
    ...moduleEntries(kernel),
    ...extra,
  ]), { level: 1 });
}
