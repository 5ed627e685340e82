import type { ImportContext, Importer } from '../importer.js';
import { readText, type Source } from '../source.js';
import type { TraceHeader } from '../trace.js';

/** Lines of a kernel log, with or without their times. */
const line = /^(?:<\d+>)?\[\s*\d+\.\d{6}\](?:\[\s*[TC]\d+\])? /;

export default {
  id: 'dmesg',
  doc: 'A kernel log with its boot: the machine without anything that happened to it.',
  made_by: 'dmesg',
  sniff({ head }) {
    const lines = head.split('\n').slice(0, 200).filter((text) => text !== '');
    const stamped = lines.filter((text) => line.test(text));
    return lines.length === 0 ? 0 : 0.9 * stamped.length / lines.length;
  },
  async read(source: Source, context: ImportContext): Promise<Partial<TraceHeader>> {
    const { builder, problems, given } = context;
    const { readDmesg } = await import('../kernel_text/log/dmesg.js');
    const { dmesgHeader } = await import('../kernel_text/recording/header.js');
    const dmesg = readDmesg(await readText(source));
    for (const { row, line: number } of dmesg.rows) builder.append(row, number);
    for (const [kind, lines] of dmesg.unused) builder.countUnused(`dmesg:${kind}`, lines);
    if (!dmesg.rows.some(({ row }) => row.event === 'e820')) {
      problems.add(source.path, 0,
        'has no BIOS-e820 lines, expected the log from the boot on; the machine is unknown');
    }
    const header = dmesgHeader(dmesg);
    return {
      ...header, config: { ...header.config, ...given.config },
      ...(given.series === undefined ? {} : { series: given.series }),
      ...(given.question === undefined ? {} : { question: given.question }),
    };
  },
} satisfies Importer;
