/** Reads a trace from whatever a user has: see `import/`. */
import { TraceError } from '../base/errors.js';
import { TraceBuilder } from './build.js';
import { chooseImporter } from './importers.js';
import { Problems, type Problem } from './problems.js';
import { openSource, type Source } from './source.js';
import type { Trace } from './trace.js';
import { unknownInput } from './unknown_input.js';

export interface ReadOptions {
  /** Name of the importer; without it, the one that recognises the input. */
  readonly importer?: string;
  /** Kconfig symbols that the user knows; they win over what was found. */
  readonly config?: Readonly<Record<string, string>>;
  /** Boot parameters that are tried, beside those of the trace. */
  readonly parameters?: readonly string[];
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

/**
 * Reads a file, a recording's folder or its archive. Throws TraceError when nothing can be read
 * of it, UsageError when there is no such importer.
 */
export async function readTrace(path: string, options: ReadOptions = {}): Promise<ReadResult> {
  return readSource(await openSource(path), options);
}

/** Reads what was opened. */
export async function readSource(source: Source, options: ReadOptions): Promise<ReadResult> {
  const { path } = source;
  const importer = await chooseImporter(source, options.importer);
  if (importer === undefined) {
    throw new TraceError({ file: path, line: 0 }, unknownInput(source));
  }
  if (options.boot !== undefined && importer.hasBoots !== true) {
    throw new TraceError({ file: path, line: 0 }, `is read as ${importer.id}, which has no boots, `
      + `expected a kernel log with --boot ${options.boot}`);
  }
  const problems = new Problems();
  const builder = new TraceBuilder(problems);
  builder.setFile(path);
  const { series, question, boot, config = {}, parameters = [] } = options;
  const header = await importer.read(source, {
    builder, problems,
    given: {
      config, ...(series === undefined ? {} : { series }),
      ...(question === undefined ? {} : { question }),
      ...(boot === undefined ? {} : { boot }),
    },
  });
  const trace = builder.finish(parameters.length === 0 ? header : { ...header, parameters });
  return { trace, problems: problems.told(path), unused: trace.unused, importer: importer.id };
}
