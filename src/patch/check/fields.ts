/** Fields of the model's types, as its declarations have them: for files that no compiler reads. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The text that declares: `.d.ts` of the build, or the source itself. */
function declarations(name: string): string {
  const base = fileURLToPath(new URL(`../../linux/include/${name}`, import.meta.url));
  const path = [`${base}.d.ts`, `${base}.ts`].find((one) => existsSync(one));
  return path === undefined ? '' : readFileSync(path, 'utf8');
}

let read: ReadonlyMap<string, ReadonlySet<string>> | undefined;

/** Names of the fields of each interface of mmzone: `Zone` to `spanned_pages`, ... */
export function fieldsOfTypes(): ReadonlyMap<string, ReadonlySet<string>> {
  if (read !== undefined) return read;
  const found = new Map<string, Set<string>>();
  const text = declarations('mmzone');
  for (const [, name = '', body = ''] of
    text.matchAll(/^export interface (\w+)[^{]*\{\n([\s\S]*?)^\}/gm)) {
    // Nested objects stand on the line of their field: every line begins with a name.
    const fields = [...body.matchAll(/^ +(?:readonly )?(\w+)\??[:(]/gm)].map((one) => one[1] ?? '');
    found.set(name, new Set(fields));
  }
  read = found;
  return found;
}

/** Parameters that model code calls so, and the type that they are of. */
export const usualNames: Readonly<Record<string, string>> = {
  zone: 'Zone', pgdat: 'Pgdat', block: 'MemoryBlock', mem: 'MemoryBlock',
};
