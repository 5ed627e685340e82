/** Which kernels each version of the model is held against by the recordings that are shipped. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { versions } from '../linux/history/versions.js';
import { versionOfHeader } from '../replay/version.js';
import { readDmesg } from '../trace/kernel_text/log/dmesg.js';
import { markdownTable } from '../base/markers.js';

interface Recorded {
  readonly name: string;
  readonly version: string;
  /** Release, and the stable release behind it where it is told. */
  readonly kernel: string;
}

function recorded(folder: string, name: string): Recorded {
  const { kernel = '', stable } = readDmesg(
    readFileSync(join(folder, name, 'dmesg.txt'), 'utf8')).facts;
  return {
    name,
    version: versionOfHeader({ kernel, ...(stable === undefined ? {} : { stable }) }),
    kernel: stable === undefined ? kernel : `${kernel} (${stable})`,
  };
}

/** One line for each kernel, the newest version first. */
export function heldTable(root: string): string {
  const folder = join(root, 'traces/recordings');
  const all = readdirSync(folder).sort()
    .filter((name) => existsSync(join(folder, name, 'dmesg.txt')))
    .map((name) => recorded(folder, name));
  const rows = versions.flatMap(({ id }) => {
    const mine = all.filter(({ version }) => version === id);
    if (mine.length === 0) return [[id, 'none is shipped', '']];
    return [...new Set(mine.map(({ kernel }) => kernel))].map((kernel) => [
      id, kernel,
      mine.filter((one) => one.kernel === kernel).map(({ name }) => `\`${name}\``).join(', '),
    ]);
  });
  return markdownTable(['version', 'kernel', 'recordings'], rows);
}
