import { readFileSync } from 'node:fs';

/** The newest kernel version of the model; a test holds it against src/mm/versions. */
const modelled = 'v6.12';

/** Package, model and Node, without loading anything of the program. */
export function versionText(): string {
  for (const path of ['../../../package.json', '../../../../package.json']) {
    try {
      const text = readFileSync(new URL(path, import.meta.url), 'utf8');
      const { version } = JSON.parse(text) as { readonly version: string };
      return `mmreplay ${version}, models Linux ${modelled}, Node ${process.version}`;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return `mmreplay, models Linux ${modelled}, Node ${process.version}`;
}
