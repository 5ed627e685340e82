/** Plug-ins are found by their place: every module of a folder exports one by default. */
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

/** File names of the modules in the folder, sorted; `.ts` in the sources, `.js` when built. */
function moduleNames(folder: URL): string[] {
  return readdirSync(fileURLToPath(folder))
    .filter((name) => /\.(ts|js)$/.test(name) && !name.endsWith('.d.ts'))
    .sort();
}

/**
 * The default exports of all modules of a folder, in order of file names, each with the file's
 * name without extension. `folder` ends with a slash.
 */
export async function loadFolder<T>(folder: URL): Promise<{ id: string; plugin: T }[]> {
  const found: { id: string; plugin: T }[] = [];
  for (const name of moduleNames(folder)) {
    const module = await import(new URL(name, folder).href) as { default: T };
    found.push({ id: basename(name).replace(/\.(ts|js)$/, ''), plugin: module.default });
  }
  return found;
}
