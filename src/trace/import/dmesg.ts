import { TraceError } from '../../base/errors.js';
import { assumption, assumptions, withoutSnapshots } from '../assumptions.js';
import type { ImportContext, Importer } from '../importer.js';
import { hotplugLine } from '../kernel_text/log/hotplug_lines.js';
import { logText } from '../kernel_text/log/log_texts.js';
import { textStart } from '../kernel_text/log/line_prefix.js';
import { isPage } from '../kernel_text/log/page_text.js';
import { readText, type Source } from '../source.js';
import type { TraceHeader } from '../trace.js';

/** Lines of a kernel log as dmesg prints them, and as a system's own log keeps them. */
const line = new RegExp(String.raw`^(?:[>|\s]{0,60}|\(\w+\) *|\S{0,60}[#$%] *)`
  + String.raw`(?:(?:<\d+>)?\[\s*\d+\.\d{6}\]|(?:\S.{5,60} )?kernel: )`);
/** So many lines that every boot has are no accident. */
const ENOUGH = 3;

/** The kernel prints its tracer's buffer when it dies. */
const dumpNote = ({ line }: { readonly line: number }): { line: number; message: string } => ({
  line, message: 'a dump of the tracer\'s buffer is in the log, which is not read with it: its '
    + 'lines, without what the log has before them, are a text that can be imported',
});

export default {
  id: 'dmesg',
  doc: 'A kernel log with its boot: the machine without anything that happened to it.',
  made_by: 'dmesg',
  hasBoots: true,
  sniff({ head: begin }) {
    const head = logText(begin);
    // The log may stand further down than the head reaches.
    if (isPage(begin)) return 0.1;
    const lines = head.split('\n').slice(0, 200).filter((text) => text !== '');
    const stamped = lines.filter((text) => line.test(text));
    const share = lines.length === 0 ? 0 : 0.9 * stamped.length / lines.length;
    // A tracer's text can have lines of the log too; it is more its own than the log's.
    const known = head.split('\n').filter((text) => textStart(text) >= 0);
    if (known.length >= ENOUGH) return Math.max(share, 0.6);
    const isPiece = lines.some((text) =>
      hotplugLine(text.slice(Math.max(textStart(text), 0)), 0, 0) !== undefined);
    return share === 0 && isPiece ? 0.1 : share;
  },
  async read(source: Source, context: ImportContext): Promise<Partial<TraceHeader>> {
    const { builder, problems, given } = context;
    const { readLog } = await import('../kernel_text/log/read_log.js');
    const { logAlone } = await import('../kernel_text/log/log_alone.js');
    const { countKinds } = await import('../kernel_text/log/dmesg_kinds.js');
    const { dmesgHeader } = await import('../kernel_text/recording/header.js');
    const text = await readText(source);
    if (isPage(text) && !logText(text).split('\n').some((one) => textStart(one) >= 0)) {
      throw new TraceError({ file: source.path, line: 0 }, 'is a web page in which no kernel log '
        + 'is seen, expected the text itself: save what the page calls raw, or the attachment');
    }
    const dmesg = readLog(source.path, text, context);
    const alone = logAlone(dmesg);
    for (const { row, line: number } of alone.rows) builder.append(row, number);
    for (const [kind, lines] of alone.unused) builder.countUnused(kind, lines);
    for (const [kind, lines] of countKinds(dmesg, alone.told)) {
      builder.countUnused(`dmesg:${kind}`, lines);
    }
    if (!dmesg.rows.some(({ row }) => row.event === 'e820')) {
      const { kernel } = dmesg.facts;
      problems.add(source.path, 0, 'has no BIOS-e820 lines'
        + (kernel === undefined ? '' : ' as the model knows them (v4.13 on)')
        + ', expected the log from the boot on; the machine is unknown'
        + (kernel === undefined ? '' : `; the kernel is ${kernel}`));
    }
    const header = dmesgHeader(dmesg);
    const dump = dmesg.lines.filter(({ text }) => text.startsWith('Dumping ftrace buffer'));
    return {
      ...header, config: { ...header.config, ...given.config },
      ...(given.series === undefined ? {} : { series: given.series }),
      ...(given.question === undefined ? {} : { question: given.question }),
      other: [
        ...assumptions(source.path, [...dmesg.notes, ...alone.notes, ...dump.map(dumpNote)]),
        ...withoutSnapshots.map(assumption),
      ],
    };
  },
} satisfies Importer;
