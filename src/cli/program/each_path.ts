import { TraceError, UsageError } from '../../base/errors.js';
import type { Trouble } from '../../report/report.js';
import { errorText } from '../../base/error_text.js';

/** A line that is overwritten, on a terminal only. */
function progress(done: number, all: number, name: string): void {
  if (!process.stderr.isTTY) return;
  const line = done === all ? '' : `${done + 1}/${all} ${name}`;
  process.stderr.write(`\r\x1b[K${line}`);
}

function troubleWith(path: string, error: unknown): Trouble {
  const message = errorText(error, process.argv.slice(2)).trimEnd();
  return { path, message: error instanceof TraceError
    ? message : `${path}: ${message.replace(/^error: /, '')}` };
}

/**
 * Does the same with each path. One that cannot be used does not end the others: what is wrong
 * with it is told in the end. A wrong command line does, and so does the only path.
 */
export async function eachPath<T>(
  paths: readonly string[], work: (path: string) => Promise<T>,
): Promise<{ readonly done: readonly T[]; readonly troubles: readonly Trouble[] }> {
  const done: T[] = [];
  const troubles: Trouble[] = [];
  for (const [index, path] of paths.entries()) {
    progress(index, paths.length, path);
    try {
      done.push(await work(path));
    } catch (error) {
      if (error instanceof UsageError || paths.length === 1) throw error;
      troubles.push(troubleWith(path, error));
    }
  }
  progress(paths.length, paths.length, '');
  return { done, troubles };
}
