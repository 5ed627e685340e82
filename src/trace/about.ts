/** What stands about a trace in the README beside it. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isRegular } from '../base/read_file.js';

export interface AboutTrace {
  /** The first heading. */
  readonly title: string;
  /** The paragraph that begins with `Expect:`, without that word. */
  readonly expect?: string;
}

/** Of `traces/x/trace.csv` or `traces/x`; undefined: no README with a heading there. */
export function aboutTrace(path: string): AboutTrace | undefined {
  const folder = existsSync(path) && statSync(path).isDirectory() ? path : dirname(path);
  const file = join(folder, 'README.md');
  // The README of a folder of traces is not about one of them.
  if (!existsSync(file) || !existsSync(join(folder, 'trace.csv'))) return undefined;
  if (!isRegular(file)) return undefined;
  const text = readFileSync(file, 'utf8');
  const title = /^# (.+)$/m.exec(text)?.[1]?.trim();
  if (title === undefined) return undefined;
  const expect = /^Expect: ([\s\S]+?)(?:\n\s*\n|$(?![\s\S]))/m.exec(text)?.[1];
  return {
    title,
    ...(expect === undefined ? {} : { expect: expect.replaceAll(/\s+/g, ' ').trim() }),
  };
}
