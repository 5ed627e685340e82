/** A file, folder or device of an initramfs. */
export interface CpioEntry {
  /** Path without a leading slash. */
  readonly path: string;
  /** st_mode: file type and permissions. */
  readonly mode: number;
  readonly data?: Uint8Array;
  /** Major and minor number of a device file. */
  readonly device?: readonly [major: number, minor: number];
}

export const DIRECTORY = 0o040755;
export const EXECUTABLE = 0o100755;
export const CHARACTER_DEVICE = 0o020600;

const hex8 = (value: number): string => value.toString(16).padStart(8, '0');

function header(entry: CpioEntry, inode: number): string {
  const [major, minor] = entry.device ?? [0, 0];
  const size = entry.data?.length ?? 0;
  const fields = [inode, entry.mode, 0, 0, 1, 0, size, 0, 0, major, minor,
    Buffer.byteLength(entry.path) + 1, 0];
  return '070701' + fields.map(hex8).join('');
}

function record(entry: CpioEntry, inode: number): Buffer[] {
  const name = Buffer.from(`${header(entry, inode)}${entry.path}\0`);
  const data = entry.data ?? new Uint8Array();
  const pad = (length: number): Buffer => Buffer.alloc((4 - (length % 4)) % 4);
  return [name, pad(name.length), Buffer.from(data), pad(data.length)];
}

/** The entries as a cpio archive in the `newc` format, which the kernel unpacks at boot. */
export function cpioArchive(entries: readonly CpioEntry[]): Buffer {
  const trailer: CpioEntry = { path: 'TRAILER!!!', mode: 0 };
  return Buffer.concat([...entries, trailer].flatMap((entry, index) => record(entry, index + 1)));
}
