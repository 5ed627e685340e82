/**
 * Lines of the tracers `function` and `function_graph`. With the options func-args, funcgraph-args
 * and funcgraph-retval (v6.15, v6.5) they tell what kprobes tell; without, only that it ran.
 */
import { eventType } from '../../events.js';
import { callName } from './probe_names.js';
import { nanoseconds } from '../numbers.js';
import type { TextEvent } from './trace_line.js';

export interface FunctionLine {
  /** What the line tells as a probe of the function would. */
  readonly events: readonly TextEvent[];
  /** Answer of a function that the table of events has, when the line has nothing but that. */
  readonly answer?: string;
  /** The line has no time of its own: the option funcgraph-abstime was off. */
  readonly isTimeless: boolean;
}

/** kernel/trace/trace_output.c, print_fn_trace(): `FUNCTION(ARGS) <-CALLER` behind a head. */
const functionTracer = new RegExp(String.raw`^(.{1,64}?-\d+)\s+(?:\(\s*[-\d]+\)\s+)?\[(\d+)\]\s+`
  + String.raw`(?:\S{3,8}\s+)?(\d+)\.(\d+):\s+([\w.]+)(?:\+0x\w+)?\((.*)\) <-[\w.]+`);
/** trace_functions_graph.c: time, `CPU)`, task, time it took, and then text as of a C program. */
const graph = /^\s*(?:(\d+)\.(\d+) \|\s+)?(?:\d+ us \|\s+)?(\d+)\)(.*)$/;
const entry = /^([\w.]+)\((.*)\)(;| \{)$/;
/** Behind the end of a function its name may stand, and what it answered. */
const behindExit = /^\s*(?:([\w.]+)(?=\s|$))?(.*)$/;
/** An event of another kind stands in the text as a comment. */
const comment = /^\s*([\w.:-]+): (.*)$/;

/** Where no line has a time calls are so far apart. */
const STEP_NS = 1000;
const isKnown = (name: string): boolean => eventType(name) !== undefined;
/** As the compiler cut it: `offline_pages.isra.0`. */
const plainName = (name: string): string =>
  callName(name.replace(/\.(?:isra|constprop|part|cold)\b.*$/, ''));

/** Who runs from now on; ` -----------------------` is around ` 1)  bash-12  =>  sh-13`. */
function switchedTo(rest: string): string | undefined {
  const [from = '', to = '', ...more] = rest.split('=>').map((part) => part.trim());
  return more.length === 0 && /-\d+$/.test(from) && /-\d+$/.test(to) ? to : undefined;
}

/** Columns, and the code behind their last bar; a comment can have bars of its own. */
function columnsOf(rest: string): readonly [columns: string, code: string] {
  const comment = rest.indexOf('/*');
  const bar = rest.lastIndexOf('|', comment < 0 ? Infinity : comment);
  return [rest.slice(0, Math.max(bar, 0)), rest.slice(bar + 1).trim()];
}

/** Code and the comment behind it, undefined for none. */
function parted(code: string): readonly [code: string, comment?: string] {
  const at = code.endsWith('*/') ? code.lastIndexOf('/*') : -1;
  return at < 0 ? [code] : [code.slice(0, at).trimEnd(), code.slice(at + 2, -2).trimEnd()];
}

/** `start_pfn=0x100000, nr_pages=0x8000, zone=0xffff88807fffc000` without what is an address. */
function probeArgs(args: string): string {
  const words = args.split(/,\s*/).map((word) => word.replace(/ \[\w+\]$/, ''))
    .filter((word) => /^\w+=-?\w+$/.test(word) && !/=0xffff[0-9a-f]{12}$/.test(word));
  return `() ${words.join(' ')}`;
}

/** `ret=-16`, or the register in hex, of which an int is the lower half. */
function retOf(text = ''): string | undefined {
  const value = /\bret=(-?\w+)/.exec(text)?.[1];
  const isWide = value !== undefined && /^0x[0-9a-f]{9,16}$/.test(value);
  return isWide ? `0x${value.slice(-8)}` : value;
}

export class FunctionLines {
  /** Task that runs on a CPU, by CPU. */
  readonly #tasks = new Map<number, string>();
  /** Functions that have not returned, by CPU. */
  readonly #open = new Map<number, string[]>();

  /** What the line tells; undefined when it is none of these tracers. `last_ns`: time before. */
  read(text: string, line: number, last_ns: number): FunctionLine | undefined {
    const plain = functionTracer.exec(text.trimStart());
    if (plain !== null) return fromFunctionTracer(plain, line);
    const match = graph.exec(text);
    if (match === null) return undefined;
    const [, seconds, fraction = '', cpu = '', rest = ''] = match;
    const switched = switchedTo(rest);
    if (switched !== undefined) {
      this.#tasks.set(Number(cpu), switched);
      return { events: [], isTimeless: false };
    }
    const isTimeless = seconds === undefined;
    const time_ns = isTimeless ? last_ns + STEP_NS : nanoseconds(seconds, fraction);
    const [columns, code] = columnsOf(rest);
    const parts = columns.split('|');
    const task = parts.map((part) => /^\s*(\S.*-\d+)\s*$/.exec(part)?.[1])
      .find((name) => name !== undefined);
    if (task !== undefined) this.#tasks.set(Number(cpu), task);
    return { ...this.#code(code, { time_ns, cpu: Number(cpu), line }), isTimeless };
  }

  #code(
    code: string, at: Pick<TextEvent, 'time_ns' | 'cpu' | 'line'>,
  ): Omit<FunctionLine, 'isTimeless'> {
    const where = { ...at, task: this.#tasks.get(at.cpu) ?? `cpu${at.cpu}-0` };
    const [own, more] = parted(code);
    const [, event, rest = ''] = (own === '' ? comment.exec(more ?? '') : null) ?? [];
    if (event !== undefined) return { events: [{ ...where, name: event, rest }] };
    const stack = this.#open.get(at.cpu) ?? [];
    this.#open.set(at.cpu, stack);
    const called = entry.exec(own);
    if (called !== null) {
      const [, fn = '', args = '', end] = called;
      if (end !== ';') stack.push(fn);
      return calls(plainName(fn), args, end === ';' ? retOf(more) : undefined, where);
    }
    if (own !== '}') return { events: [] };
    const back = behindExit.exec(more ?? '') ?? [];
    const name = plainName(back[1] ?? stack.at(-1) ?? '');
    stack.pop();
    const ret = retOf(back[2]);
    if (!isKnown(name) || ret === undefined) return { events: [] };
    return {
      events: [{ ...where, name: `${name}_ret`, rest: `() ret=${ret}` }],
      answer: `${name} ret=${ret}`,
    };
  }
}

/** A call as a probe would tell it; nothing of one whose arguments are not told. */
function calls(
  name: string, args: string, ret: string | undefined,
  where: Omit<TextEvent, 'name' | 'rest'>,
): Omit<FunctionLine, 'isTimeless'> {
  if (!isKnown(name)) return { events: [] };
  const events = args === '' ? [] : [{ ...where, name, rest: probeArgs(args) }];
  if (ret === undefined) return { events };
  const back = { ...where, name: `${name}_ret`, rest: `() ret=${ret}` };
  return { events: [...events, back], answer: `${name} ret=${ret}` };
}

function fromFunctionTracer(match: RegExpExecArray, line: number): FunctionLine {
  const [, task = '', cpu, seconds = '', fraction = '', fn = '', args = ''] = match;
  const where = { time_ns: nanoseconds(seconds, fraction), cpu: Number(cpu), task, line };
  return { ...calls(plainName(fn), args, undefined, where), isTimeless: false };
}
