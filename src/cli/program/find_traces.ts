/** The traces that paths of a command line mean. */
import { existsSync, readdirSync, statSync, type Dirent } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import { UsageError } from '../../base/errors.js';
import { packageRoot } from '../../base/package_root.js';
import { isRecording } from '../../trace/source.js';

const isTable = /\.csv(\.gz)?$/;

/** Who reads one that nobody can read says what would unpack it. */
const isArchive = /\.(tar(\.(gz|xz|zst|bz2))?|tgz|txz|zip)$/;

/** Texts of other tools, for the importers' tests: taken only when they are named. */
const samples = 'samples';

/** Recordings, and the same as tables: the package has the tables alone. */
const recordings = 'recordings';
const imported = 'imported';

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function entriesOf(folder: string): readonly Dirent[] | undefined {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return undefined;
  }
}

/** What the kernel makes up is no folder of traces, and has no end. */
const systems: ReadonlySet<string> = new Set(['/proc', '/sys', '/dev']);

/** Tables of `imported` whose recordings do not lie beside it: one of the two is enough. */
function tablesAlone(folder: string, tables: readonly string[]): string[] {
  return tables.filter((table) =>
    !isFolder(join(folder, recordings, basename(table).replace(isTable, ''))));
}

/** Entries of folders that are looked at for one path: no disk is gone through for its traces. */
const MOST_ENTRIES = 2 ** 17;

/** A folder of the command line, and how many entries below it were looked at. */
interface Walk {
  readonly from: string;
  readonly most: number;
  entries: number;
}

/**
 * Traces below a folder: tables, and recordings that have no table beside them. Error: UsageError
 * for one that has everything in it.
 */
function below(folder: string, walk: Walk): string[] {
  const entries = systems.has(folder) ? undefined : entriesOf(folder);
  if (entries === undefined) return [folder];
  walk.entries += entries.length;
  if (walk.entries > walk.most) {
    throw new UsageError(`${walk.from} has more than ${walk.most} files below it, expected a `
      + 'trace, a recording or a folder of them');
  }
  const tables = entries.filter((entry) => entry.isFile() && isTable.test(entry.name));
  if (tables.length === 0 && isRecording(entries.map((entry) => entry.name))) return [folder];
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name === samples) return [];
      const found = below(path, walk);
      return entry.name === imported ? tablesAlone(folder, found) : found;
    }
    return tables.includes(entry) || isArchive.test(entry.name) ? [path] : [];
  });
}

/** A path that is not there can be a trace that comes with the program: by path, or by name. */
export function shipped(path: string): string {
  if (path === '' || isAbsolute(path) || existsSync(path)) return path;
  const traces = join(packageRoot(), 'traces');
  const places = [
    join(packageRoot(), path), join(traces, path), join(traces, recordings, path),
    join(traces, imported, `${path}.csv.gz`),
  ];
  const inTraces = (place: string): boolean => place.startsWith(traces);
  return places.find((place) => inTraces(place) && existsSync(place)) ?? path;
}

/**
 * A file or a recording's folder is one trace; of any other folder all traces below it, in order
 * of their names. A path that is not there, cannot be read or has no trace is one too: whoever
 * reads it says what is wrong, and the others are not lost.
 */
export function findTraces(
  paths: readonly string[], most = MOST_ENTRIES,
): readonly string[] {
  return paths.flatMap((given) => {
    const path = shipped(given);
    const found = isFolder(path) ? below(path, { from: given, most, entries: 0 }) : [];
    return found.length > 0 ? found : [path];
  });
}

/** The only trace that the paths mean; `who` asks. Error: UsageError where they mean several. */
export function oneTrace(paths: readonly string[], who: string): string {
  const [path, ...others] = findTraces(paths);
  if (path !== undefined && others.length === 0) return path;
  throw new UsageError(`${who} is for one trace; ${paths.join(' ')} has ${others.length + 1}: ` +
    `${path}, ...`);
}
