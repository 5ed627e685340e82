import { MAGIC } from '../format.js';
import type { ImportContext, Importer } from '../importer.js';
import { readCsv } from '../read_csv.js';
import type { Source } from '../source.js';
import type { TraceHeader } from '../trace.js';

export default {
  id: 'trace_csv',
  doc: 'A trace in our own format, plain or .gz, written by mmreplay or by hand.',
  made_by: 'mmreplay import',
  sniff: ({ head }) => {
    if (head.startsWith(`# ${MAGIC} `)) return 1;
    return /^(#.*\n)*(?=[^\n]*\btime_ns\b)(?=[^\n]*\bevent\b)[^\n]*,/.test(head) ? 0.9 : 0;
  },
  async read(source: Source, context: ImportContext): Promise<Partial<TraceHeader>> {
    const { builder, problems, given } = context;
    const header = await readCsv(source.chunks(), { file: source.path, builder, problems });
    return {
      ...header, config: { ...header.config, ...given.config },
      ...(given.series === undefined ? {} : { series: given.series }),
      ...(given.question === undefined ? {} : { question: given.question }),
    };
  },
} satisfies Importer;
