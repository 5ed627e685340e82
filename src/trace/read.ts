/** Reads a trace from whatever a user has: see `import/`. */
import { TraceError } from '../base/errors.js';
import { TraceBuilder } from './build.js';
import { chooseImporter } from './importers.js';
import { Problems, type Problem } from './problems.js';
import { openSource, type Source } from './source.js';
import type { Trace } from './trace.js';

export interface ReadOptions {
  /** Name of the importer; without it, the one that recognises the input. */
  readonly importer?: string;
  /** Kconfig symbols that the user knows; they win over what was found. */
  readonly config?: Readonly<Record<string, string>>;
  /** Policy that the recorded kernel had. */
  readonly series?: string;
  /** Question whose policies are held against the trace. */
  readonly question?: string;
  /** Which boot of a kernel log is read, from 1; without it the last one with a memory map. */
  readonly boot?: number;
}

export interface ReadResult {
  readonly trace: Trace;
  /** What is wrong in the input, in the order found; the rest was read. */
  readonly problems: readonly Problem[];
  /** Lines that nothing was made of, by kind. */
  readonly unused: ReadonlyMap<string, number>;
  /** Name of the importer that read it. */
  readonly importer: string;
}

/** What to do about an input that no importer takes for its own. */
function unknownInput({ head, names }: Source): string {
  if (names.length > 0) return 'holds no recording (info.json, or trace.txt ' +
    'and dmesg.txt) and no trace (.csv, .csv.gz)';
  if (head === '') return 'is empty, expected a recording or a trace';
  if (/^(\xff\xfe|\xfe\xff)/.test(head)) return 'is UTF-16 text, expected UTF-8';
  return 'is no recording, trace, scenario, tracer text or kernel log that is known; ' +
    '`mmreplay list importers` says what can be read';
}

/**
 * Reads a file, a recording's folder or its archive. Throws TraceError when nothing can be read
 * of it, UsageError when there is no such importer.
 */
export async function readTrace(path: string, options: ReadOptions = {}): Promise<ReadResult> {
  const source = await openSource(path);
  const importer = await chooseImporter(source, options.importer);
  if (importer === undefined) {
    throw new TraceError({ file: path, line: 0 }, unknownInput(source));
  }
  const builder = new TraceBuilder();
  builder.setFile(path);
  const problems = new Problems();
  const { series, question, boot, config = {} } = options;
  const header = await importer.read(source, {
    builder, problems,
    given: {
      config, ...(series === undefined ? {} : { series }),
      ...(question === undefined ? {} : { question }),
      ...(boot === undefined ? {} : { boot }),
    },
  });
  const trace = builder.finish(header);
  return { trace, problems: problems.list, unused: trace.unused, importer: importer.id };
}
