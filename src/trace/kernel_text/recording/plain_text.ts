/**
 * A tracer's text alone, without info.json: inputs come from the calls that it shows, and from
 * the steps' marks when it has them.
 */
import { assumption, assumptions } from '../../assumptions.js';
import type { ImportContext } from '../../importer.js';
import type { Source } from '../../source.js';
import type { TraceHeader } from '../../trace.js';
import { Calls } from '../tracer/calls.js';
import { EventRows } from '../tracer/event_rows.js';
import { StepRows } from './steps.js';
import { otherKind } from '../tracer/other_lines.js';
import type { TextEvent } from '../tracer/trace_line.js';
import { readTracerText, type LineReader } from '../tracer/tracer_text.js';
import type { Step } from './recording_info.js';

/** x86-64's smallest memory block; a text does not say how large they are. */
const BLOCK_PAGES = 32768;

/** What a mark says: a step as info.json would have it, without its result. */
export function stepOfMark(text: string): Step | undefined {
  const [, number, words = ''] = /^step (\d+): (.*)$/.exec(text) ?? [];
  if (number === undefined) return undefined;
  const step = Number(number);
  const [, block, action = ''] = /^memory(\d+) (online|online_kernel|online_movable|offline)$/
    .exec(words) ?? [];
  if (block !== undefined) return { step, action, block: Number(block) };
  const [, begins, ofBlock] = /^(offline-begin|offline-result) block=(\d+)$/.exec(words) ?? [];
  if (begins !== undefined) return { step, action: begins, block: Number(ofBlock) };
  const [, event, errno] = /^notifier (MEM_\w+) error=(-?\d+)$/.exec(words) ?? [];
  if (event !== undefined) return { step, action: 'notifier-error', event, errno: Number(errno) };
  const dimm = /^(add|remove)-dimm id=([\w.-]+)(?: size_mb=(\d+) node=(\d+))?/.exec(words);
  if (dimm !== null) {
    return {
      step, action: `${dimm[1]}-dimm`, id: dimm[2] ?? '',
      ...(dimm[3] === undefined ? {} : { size_mb: Number(dimm[3]), node: Number(dimm[4]) }),
    };
  }
  // What these commands print is not in the text.
  const lab = /^lab ((?:withhold|release|alloc|freeall|holdfree|unhold)\b.*)$/.exec(words)?.[1];
  return lab === undefined ? undefined : { step, action: 'lab', cmd: lab };
}

const nothingUsable = 'has no event of memory hotplug or page allocation, expected kmem:*, '
  + 'page_isolation:* or the kprobes of `mmreplay recorder`';

const noMachine = 'a tracer\'s text tells no machine: run and verify need the kernel log from the '
  + 'boot on as well (trace.txt and dmesg.txt in one folder are a recording)';

const timeless = 'calls of a function_graph text without times (option funcgraph-abstime) come in '
  + 'the order of their lines, a microsecond apart';

/** Reads a text whose lines `lineOf` takes apart; answers what is known for the header. */
export async function readPlainText(
  source: Source, context: ImportContext, lineOf: LineReader,
): Promise<Partial<TraceHeader>> {
  const { builder, problems, given } = context;
  const calls = new Calls(builder, BLOCK_PAGES);
  const steps = new StepRows(builder, calls, BLOCK_PAGES);
  let last: TextEvent | undefined;
  const rows: EventRows = new EventRows(builder, calls, problems, source.path, {
    mark(text, event) {
      if (last !== undefined) steps.end(last);
      rows.markRow(text, event);
      last = event;
      const step = stepOfMark(text);
      if (step !== undefined) steps.begin(step, event);
    },
    afterEvent(event) { last = event; },
  });
  const facts = await readTracerText(source.chunks(), builder, rows, lineOf);
  if (last !== undefined) steps.end(last);
  rows.finish();
  if (builder.length === 0 && rows.functionLine === 0) problems.add(source.path, 0, nothingUsable);
  return {
    ...facts, config: given.config,
    other: [
      ...(builder.length === 0 ? [] : assumptions(source.path, [{ line: 0, message: noMachine }])),
      ...(rows.isTimeless ? [assumption(timeless)] : []),
    ],
    ...(given.series === undefined ? {} : { series: given.series }),
    ...(given.question === undefined ? {} : { question: given.question }),
  };
}

/** How many are lines of the tracers of functions, likewise. */
export function shareOfFunctions(head: string): number {
  return shareOfEvents(head, (text) => {
    const kind = otherKind(text);
    // A rule of dashes stands in many tables.
    return kind !== undefined && kind !== 'stack' && !/^[\s-]*$/.test(text);
  });
}

/** How many of a text's first 200 lines are events, as a share of those that are no comments. */
export function shareOfEvents(
  head: string, lineOf: (text: string, line: number) => unknown,
): number {
  const lines = head.split('\n').slice(0, -1)
    .filter((text) => text.trim() !== '' && !text.startsWith('#') && otherKind(text) !== 'stack')
    .slice(0, 200);
  const events = lines.filter((text) => {
    const found = lineOf(text.trimEnd(), 0);
    return found !== undefined && found !== false;
  });
  return lines.length === 0 ? 0 : events.length / lines.length;
}
