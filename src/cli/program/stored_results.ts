/** Results files of a command line, several as one: in the order of their places. */
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../base/errors.js';
import { temporaryFolder } from '../../base/partial.js';
import { ComparisonFiles, readResults, type StoredResults } from '../../batch/results_file.js';
import type { Results } from '../../report/report.js';

export interface JoinedResults extends Results {
  readonly tool: string;
  readonly total: number;
  /** Place of each of `lines` and `troubles` in the whole batch. */
  readonly places: readonly number[];
  readonly troublePlaces: readonly number[];
  /** Removes the files that the comparisons are read from. */
  dispose(): void;
}

/** Two files of one batch have no trace in common; each must be of the same batch. */
function checkParts(paths: readonly string[], parts: readonly StoredResults[]): void {
  const seen = new Map<number, string>();
  parts.forEach((part, index) => {
    const path = paths[index] ?? '';
    if (part.total !== parts[0]?.total || part.tool !== parts[0]?.tool) {
      throw new UsageError(`${path}: is of another batch or program than ${paths[0]}`);
    }
    for (const { place } of [...part.lines, ...part.troubles]) {
      const other = seen.get(place);
      if (other !== undefined) {
        throw new UsageError(`${path}: has trace ${place + 1} of the batch, as ${other} has`);
      }
      seen.set(place, path);
    }
  });
}

/** Reads them all. Errors: UsageError when one is no results file, or they do not go together. */
export async function storedResults(paths: readonly string[]): Promise<JoinedResults> {
  for (const path of paths) statSync(path);
  const spill = temporaryFolder('results');
  try {
    const parts: StoredResults[] = [];
    for (const [index, path] of paths.entries()) {
      const folder = join(spill, `${index}`);
      mkdirSync(folder);
      parts.push(await readResults(path, folder));
    }
    checkParts(paths, parts);
    const compared = parts
      .flatMap(({ lines, files }) =>
        lines.map((line, index) => ({ line, file: files[index] ?? '' })))
      .sort((a, b) => a.line.place - b.line.place);
    const troubles = parts.flatMap((part) => part.troubles).sort((a, b) => a.place - b.place);
    return {
      tool: parts[0]?.tool ?? '', total: parts[0]?.total ?? 0,
      lines: compared.map(({ line: { place: _place, ...line } }) => line),
      comparisons: new ComparisonFiles(compared.map(({ file }) => file)),
      troubles: troubles.map(({ path, message }) => ({ path, message })),
      places: compared.map(({ line }) => line.place),
      troublePlaces: troubles.map(({ place }) => place),
      dispose: () => rmSync(spill, { recursive: true, force: true }),
    };
  } catch (error) {
    rmSync(spill, { recursive: true, force: true });
    throw error;
  }
}
