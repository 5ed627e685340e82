import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The top folder of the package: the nearest one upwards that has a package.json. Ends in `/`. */
export function packageRoot(): string {
  let folder = new URL('../', import.meta.url);
  while (!existsSync(new URL('package.json', folder))) {
    const parent = new URL('../', folder);
    if (parent.href === folder.href) break;
    folder = parent;
  }
  return fileURLToPath(folder);
}
