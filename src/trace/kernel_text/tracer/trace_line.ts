/** Lines of text that a tracer prints, one event each. */
import { nanoseconds } from '../numbers.js';
import { probeName } from './probe_names.js';

/** An event as printed. */
export interface TextEvent {
  readonly time_ns: number;
  readonly cpu: number;
  /** `comm-pid`. */
  readonly task: string;
  readonly name: string;
  /** What stands behind `name: `. */
  readonly rest: string;
  readonly line: number;
  /** Where interrupts, preemption and their like stand: `d.s2.`. */
  readonly flags?: string | undefined;
}

/** `comm-pid (tgid) [cpu] flags time: name: rest`, as tracefs and trace-cmd print it. */
const ftrace = new RegExp(String.raw`^(.{1,64}?-\d+)\s+(?:\(\s*[-\d]+\)\s+)?\[(\d+)\]\s+`
  + String.raw`(?:(\S{3,8})\s+)?(\d+)\.(\d+):\s+([\w.:-]+?):(?:\s+(.*)|)$`);
/** `comm pid/tid [cpu] time: group:name: rest`, as perf script prints it. */
const perf = new RegExp(String.raw`^(.{1,64}?)\s+(?:(\d+)\/)?(\d+)\s+\[(\d+)\]\s+`
  + String.raw`(\d+)\.(\d+):\s+(?:\d+\s+)?(?:[\w-]+:)?([\w.-]+):(?:\s+(.*)|)$`);

/**
 * `comm-pid cpu+flags us: name: rest`: the option latency-format, and a buffer that the kernel
 * dumps when it dies.
 */
const latency = new RegExp(String.raw`^(.{1,64}?-\d+)\s+(\d+)[.A-Za-z#]\S{3,7}\s+(\d+)us.?:\s+`
  + String.raw`([\w.:-]+?):(?:\s+(.*)|)$`);

function latencyLine(text: string, line: number): TextEvent | undefined {
  const match = latency.exec(text);
  if (match === null) return undefined;
  const [, task = '', cpu, micros, name = '', rest = ''] = match;
  return { time_ns: Number(micros) * 1000, cpu: Number(cpu), task,
    name: probeName(name, rest), rest, line };
}

/** A line of either: where a text's folder says nothing of who wrote it. */
export function eventLine(text: string, line: number): TextEvent | undefined {
  return ftraceLine(text, line) ?? perfLine(text, line);
}

/** A time that is a count of the clock `counter` or `x86-tsc`. */
const counted = /\[\d+\]\s+(?:\S{3,8}\s+)?\d+:\s+[\w.-]+:(?:\s|$)/;

/** Is it an event but for its time? */
export function isCounted(text: string): boolean {
  return counted.test(text.slice(0, 200));
}

/** A line that a mail quotes, without its marks. */
export function unquoted(text: string): string {
  return text.startsWith('>') ? text.replace(/^(?:> ?){1,20}/, '') : text;
}

/** A line of ftrace text or of `trace-cmd report`; undefined when it is none. */
export function ftraceLine(text: string, line: number): TextEvent | undefined {
  const own = text.trimStart();
  const match = ftrace.exec(own);
  if (match === null) return latencyLine(own, line);
  const [, task = '', cpu, flags, seconds = '', fraction = '', name = '', rest = ''] = match;
  return {
    time_ns: nanoseconds(seconds, fraction), cpu: Number(cpu), task,
    name: probeName(name, rest), rest, line, flags,
  };
}

/** A line of `perf script`; undefined when it is none. */
export function perfLine(text: string, line: number): TextEvent | undefined {
  const match = perf.exec(text.trimStart());
  if (match === null) return undefined;
  const [, comm, , tid, cpu, seconds = '', fraction = '', name = '', rest = ''] = match;
  return {
    time_ns: nanoseconds(seconds, fraction), cpu: Number(cpu), task: `${comm}-${tid}`,
    name: probeName(name, rest), rest, line,
  };
}

export interface Lost {
  readonly cpu?: number;
  readonly events?: number;
}

/** `CPU:1 [LOST 12 EVENTS]`, `CPU:1 [EVENTS DROPPED]`, `CPU:1 [12 EVENTS DROPPED]`; perf's too. */
export function lostLine(text: string): Lost | undefined {
  const perfLost = /PERF_RECORD_LOST\D*(\d+)/.exec(text);
  if (perfLost !== null) return { events: Number(perfLost[1]) };
  const match = /^\s*CPU:(\d+) \[(?:LOST (\d+) EVENTS|(?:(\d+) )?EVENTS DROPPED)\]/.exec(text);
  if (match === null) return undefined;
  const events = match[2] ?? match[3];
  return { cpu: Number(match[1]), ...(events === undefined ? {} : { events: Number(events) }) };
}

/** `# entries-in-buffer/entries-written: A/B   #P:2`: how many were overwritten. */
export function bufferLine(text: string): { readonly lost: number } | undefined {
  const match = /^# entries-in-buffer\/entries-written: (\d+)\/(\d+)\s/.exec(text);
  return match === null ? undefined : { lost: Number(match[2]) - Number(match[1]) };
}

/** What the lines before the events tell of the machine. */
export interface HeadFacts {
  readonly cpus?: number;
  readonly kernel?: string;
}

/** `#P:2` of tracefs, `cpus=2` of trace-cmd, `# nrcpus online : 2` of perf, and the release. */
export function headFacts(text: string): HeadFacts {
  const cpus = /^# entries-in-buffer.*#P:(\d+)|^cpus=(\d+)|^# nrcpus online : (\d+)/.exec(text);
  const kernel = /^# os release : (\S+)/.exec(text)?.[1];
  return {
    ...(cpus === null ? {} : { cpus: Number(cpus[1] ?? cpus[2] ?? cpus[3]) }),
    ...(kernel === undefined ? {} : { kernel }),
  };
}

/** The text of a mark (`step 3: ...`), which the tracers print in three ways. */
export function markText(event: TextEvent): string | undefined {
  if (event.name === 'tracing_mark_write') return event.rest;
  if (event.name !== 'print' && event.name !== 'bprint') return undefined;
  return event.rest.replace(/^(tracing_mark_write|ftrace_raw\w*|\S+)(\+0x\w+\/0x\w+)?: +/, '');
}
