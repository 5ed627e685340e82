/** The importers of the folder `import/`, found at run time. */
import { readdirSync } from 'node:fs';
import { assert } from '../base/assert.js';
import { UsageError } from '../base/errors.js';
import type { Importer } from './importer.js';
import type { Source } from './source.js';

const folder = new URL('./import/', import.meta.url);

let found: Promise<readonly Importer[]> | undefined;

/** All importers, by the order of their names. */
export function importers(): Promise<readonly Importer[]> {
  return found ??= find();
}

async function find(): Promise<readonly Importer[]> {
  const files = readdirSync(folder).filter((name) => /^\w+\.(js|ts)$/.test(name)).sort();
  return Promise.all(files.map(async (file) => {
    const module = await import(new URL(file, folder).href) as { readonly default: Importer };
    const { id } = module.default;
    assert(`${id}.` === file.replace(/(js|ts)$/, ''), `the importer in ${file} is called ${id}`);
    return module.default;
  }));
}

/** The importer of that name, or the one whose sniff is surest; UsageError for a wrong name. */
export async function chooseImporter(
  source: Source, name: string | undefined,
): Promise<Importer | undefined> {
  const all = await importers();
  if (name !== undefined) {
    const named = all.find(({ id }) => id === name);
    if (named !== undefined) return named;
    throw new UsageError(
      `no importer is called ${name}; there are ${all.map(({ id }) => id).join(', ')}`);
  }
  let best: { importer: Importer; sure: number } | undefined;
  for (const importer of all) {
    const sure = importer.sniff(source);
    if (sure > (best?.sure ?? 0)) best = { importer, sure };
  }
  return best?.importer;
}
