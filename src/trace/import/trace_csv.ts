import { MAGIC } from '../format.js';
import type { ImportContext, Importer } from '../importer.js';
import { readCsv } from '../read_csv.js';
import { isRecording, type Source } from '../source.js';

/** The trace of a folder that has one, and no recording; undefined: none, several, or no folder. */
function onlyTrace(names: readonly string[]): string | undefined {
  const [trace, ...others] = names.filter((name) => name.endsWith('.csv'));
  return others.length > 0 || isRecording(names) ? undefined : trace;
}
import type { TraceHeader } from '../trace.js';

export default {
  id: 'trace_csv',
  doc: 'A trace in our own format, plain or .gz, written by mmreplay or by hand.',
  made_by: 'mmreplay import',
  sniff: ({ head, names }) => {
    if (names.length > 0) return onlyTrace(names) === undefined ? 0 : 0.9;
    if (head.startsWith(`# ${MAGIC} `)) return 1;
    return /^(#.*\n)*(?=[^\n]*\btime_ns\b)(?=[^\n]*\bevent\b)[^\n]*,/.test(head) ? 0.9 : 0;
  },
  async read(source: Source, context: ImportContext): Promise<Partial<TraceHeader>> {
    const { builder, problems, given } = context;
    const name = onlyTrace(source.names);
    const header = await readCsv(source.chunks(name),
      { file: source.label(name), builder, problems });
    return {
      ...header, config: { ...header.config, ...given.config },
      ...(given.series === undefined ? {} : { series: given.series }),
      ...(given.question === undefined ? {} : { question: given.question }),
    };
  },
} satisfies Importer;
