/** The traces that paths of a command line mean. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { TraceError } from '../../base/errors.js';

const isTable = (name: string): boolean => /\.csv(\.gz)?$/.test(name);

/** The same ones in other forms, for the importers' tests: taken only when they are named. */
const otherForms: ReadonlySet<string> = new Set(['samples', 'imported']);

/** Traces below a folder: tables, and recordings that have no table beside them. */
function below(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const tables = entries.filter((entry) => entry.isFile() && isTable(entry.name));
  if (tables.length === 0 && entries.some((entry) => entry.name === 'info.json')) return [folder];
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return otherForms.has(entry.name) ? [] : below(path);
    return tables.includes(entry) ? [path] : [];
  });
}

/**
 * A file or a recording's folder is one trace; of any other folder all traces below it, in order
 * of their names. Errors: TraceError for a path that is not there, or has no trace.
 */
export function findTraces(paths: readonly string[]): readonly string[] {
  return paths.flatMap((path) => {
    if (!existsSync(path)) {
      throw new TraceError({ file: path, line: 0 }, 'there is no such file or folder');
    }
    if (!statSync(path).isDirectory()) return [path];
    const found = below(path);
    if (found.length > 0) return found;
    // Whatever it is, the importers say what is wrong with it.
    return [path];
  });
}
