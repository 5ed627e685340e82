/** Plug-ins are found by their place: every module of a folder exports one by default. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { assert } from './assert.js';

/** File names of the modules in the folder, sorted; `.ts` in the sources, `.js` when built. */
function moduleNames(folder: URL): string[] {
  return readdirSync(fileURLToPath(folder))
    .filter((name) => /\.(ts|js)$/.test(name) && !name.endsWith('.d.ts'))
    .sort();
}

/**
 * The default exports of all modules of a folder, in order of file names; each says its file's
 * name as its id. `folder` ends with a slash.
 */
export async function loadFolder<T extends { readonly id: string }>(
  folder: URL,
): Promise<readonly T[]> {
  const known = loaded.get(folder.href) ?? loadAll(folder);
  loaded.set(folder.href, known);
  return await known as readonly T[];
}

const loaded = new Map<string, Promise<readonly { readonly id: string }[]>>();

async function loadAll<T extends { readonly id: string }>(folder: URL): Promise<readonly T[]> {
  const found: T[] = [];
  for (const name of moduleNames(folder)) {
    const { default: plugin } = await import(new URL(name, folder).href) as { default: T };
    assert(plugin.id === name.replace(/\.(ts|js)$/, ''), `${name} has the id ${plugin.id}`);
    found.push(plugin);
  }
  return found;
}
