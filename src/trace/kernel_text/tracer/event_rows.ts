/** Events of a tracer's text as rows, whatever the tracer: input calls, outcomes, marks. */
import type { TraceBuilder } from '../../build.js';
import { refuseStrange, type Problems } from '../../problems.js';
import { rowProblem } from '../../row_limits.js';
import type { TraceRow } from '../../trace.js';
import type { Calls } from './calls.js';
import { eventCells, type EventCells } from './event_cells.js';
import { onlineWord } from './online_type.js';
import { FunctionLines, type FunctionLine } from './function_lines.js';
import { functionTracerText, isBareFrame, otherKind, rangelessText } from './other_lines.js';
import { interruptWords } from './interrupt_words.js';
import { notifyActions } from './notify.js';
import { isCounted, lostLine, markText, type TextEvent } from './trace_line.js';

/** What an importer does around the events. */
export interface EventHooks {
  /** Before the rows of an event of this time; also before those of the fast path. */
  beforeTime?(time_ns: number): void;
  /** A mark: the hook writes its row. */
  mark?(text: string, event: TextEvent): void;
  /** Time of the next row that `beforeTime` would write: the fast path asks for it. */
  logNext?(): number;
  /** After the rows of an event that is no mark. */
  afterEvent?(event: TextEvent): void;
}

/** An interrupt that frees may find a list's lock taken. */
function withContext(cells: EventCells, { flags }: TextEvent): EventCells {
  const args = flags === undefined ? '' : interruptWords((place) => flags.charCodeAt(place));
  return args === '' ? cells : { ...cells, cells: { ...cells.cells, args } };
}

export class EventRows {
  /** Time of the event before. */
  lastTime = 0;
  lastCpu = 0;
  /** Where a tracer of functions has its first line of which nothing can be made; 0: nowhere. */
  functionLine = 0;
  /** Was there a line without a time that an event was made of? */
  isTimeless = false;
  /** Of the kernel, as far as it is known. */
  release: string | undefined;
  /** Functions that came back, as far as their calls are not known. */
  readonly #answers: string[] = [];
  readonly #functions = new FunctionLines();
  #madeOfFunctions = 0;
  /** Lines of which nobody knows what they are. */
  #strange = 0;
  /** The line before was an event or a frame of its stack. */
  #framesFollow = false;
  readonly #builder: TraceBuilder;
  readonly #calls: Calls;
  readonly #problems: Problems;
  /** Name of the text in messages. */
  readonly file: string;
  readonly #hooks: EventHooks;
  /** Rows with phase B of functions whose return was not seen yet, by function. */
  readonly #entries = new Map<string, number[]>();
  readonly #returning = new Set<string>();
  /** Actions of memory_notify in order of first use, with the string that names each. */
  readonly #actions = new Map<number, number>();

  constructor(
    builder: TraceBuilder, calls: Calls, problems: Problems, file: string, hooks: EventHooks,
  ) {
    this.#builder = builder;
    this.#calls = calls;
    this.#problems = problems;
    this.file = file;
    this.#hooks = hooks;
  }

  /** Time of the log's next row, which must come before later events. */
  get nextLog(): number {
    return this.#hooks.logNext?.() ?? Infinity;
  }

  flushLog(time_ns: number): void {
    this.#hooks.beforeTime?.(time_ns);
  }

  /** The byte reader appended rows up to this event. */
  wentOn(time_ns: number, cpu: number, task: string, line: number): void {
    this.lastTime = time_ns;
    this.lastCpu = cpu;
    this.#framesFollow = true;
    this.#hooks.afterEvent?.({ time_ns, cpu, task, line, name: '', rest: '' });
  }

  /** Appends the rows of one event. */
  add(event: TextEvent): void {
    const mark = markText(event);
    if (mark !== undefined) this.#mark(mark, event);
    else {
      this.#hooks.beforeTime?.(event.time_ns);
      if (event.name === 'zone_for_pfn_range') this.#tellWord(event);
      else this.#traced(event);
      this.#hooks.afterEvent?.(event);
    }
    this.lastTime = event.time_ns;
    this.lastCpu = event.cpu;
    this.#framesFollow = true;
  }

  /** Not a row: what it is called for is what was written, an input. */
  #tellWord({ task, rest }: TextEvent): void {
    const word = onlineWord(rest, this.release);
    if (word !== undefined) this.#calls.tellWord(task, word);
  }

  #traced(event: TextEvent): void {
    const cells = eventCells(event.name, event.rest);
    if (cells === undefined) this.#builder.countUnused(`event:${event.name}`);
    else this.#event(event, cells.event === 'mm_page_free' ? withContext(cells, event) : cells);
  }

  /** Something in a line cannot be. */
  wrong(message: string, line: number): void {
    this.#problems.add(this.file, line, message);
  }

  /** A line that is no event: lost events, a comment, or a problem. */
  other(text: string, line: number): void {
    if (/^\s*(?:$|#|```|~~~)/.test(text)) return;
    const lost = lostLine(text);
    if (lost !== undefined) this.lost(lost, line);
    else if (/^(cpus=\d+|version = \d+|trace\.dat|CPU \d+ is empty)/.test(text.trim())) return;
    else if (otherKind(text) === 'stack') this.#frame();
    else {
      const called = this.#functions.read(text, line, this.lastTime);
      if (called !== undefined || otherKind(text) !== undefined) {
        this.#functionLine(called, text, line);
        return;
      }
      if (this.#framesFollow && isBareFrame(text)) {
        this.#frame();
        return;
      }
      this.#framesFollow = false;
      if (isCounted(text)) {
        this.#countedTime(line);
        return;
      }
      this.#strange += 1;
      refuseStrange({ file: this.file, line }, this.#strange, this.#builder.length, 'events');
      this.#problems.add(this.file, line, `not an event: ${JSON.stringify(text.slice(0, 60))}, `
        + 'expected TASK-PID [CPU] TIME: EVENT: ...; the line was left out');
      this.#builder.countUnused('not-an-event');
    }
  }

  #frame(): void {
    this.#framesFollow = true;
    this.#builder.countUnused('stack');
  }

  /** Nobody knows how long such a count is; said once. */
  #countedTime(line: number): void {
    if (!this.#builder.unused.has('counted-time')) {
      this.#problems.add(this.file, line, 'the time is a count of the clock counter or x86-tsc, '
        + 'expected seconds; record with `echo local > trace_clock` (or global, mono, boot)');
    }
    this.#builder.countUnused('counted-time');
  }

  /** A line of a tracer of functions. */
  #functionLine(called: FunctionLine | undefined, text: string, line: number): void {
    const events = called?.events ?? [];
    for (const event of events) this.add(event);
    this.#madeOfFunctions += events.filter(({ name }) => !name.endsWith('_ret')).length;
    this.isTimeless ||= called?.isTimeless === true && events.length > 0;
    if (called?.answer !== undefined) this.#answers.push(`${called.answer} (line ${line})`);
    if (events.length > 0) return;
    if (this.functionLine === 0) this.functionLine = line;
    this.#builder.countUnused(otherKind(text) ?? 'function_graph');
  }

  lost(lost: { readonly cpu?: number; readonly events?: number }, line: number): void {
    this.#builder.append({
      time_ns: this.lastTime, event: 'lost_events',
      ...(lost.cpu === undefined ? {} : { cpu: lost.cpu }),
      ...(lost.events === undefined ? {} : { args: `events=${lost.events}` }),
    }, line);
  }

  /** When all events are read: what only the whole tells. */
  finish(): void {
    if (this.functionLine > 0 && this.#madeOfFunctions === 0) {
      this.#problems.add(this.file, this.functionLine, functionTracerText(this.#answers));
    }
    this.#calls.finish();
    const { rangeless } = this.#calls;
    if (rangeless.length > 0) {
      const line = rangeless.find((one) => one > 0) ?? 0;
      this.#problems.add(this.file, line, rangelessText(rangeless.length));
      this.#builder.countUnused('call-without-range', rangeless.length);
    }
    const unreturned = [...this.#entries.values()].flat().sort((a, b) => a - b);
    this.#builder.withoutPhase(unreturned);
    const names = notifyActions([...this.#actions.keys()]);
    [...this.#actions.values()].forEach((code, index) => {
      this.#builder.strings[code] = `action=${names[index]}`;
    });
  }

  #mark(text: string, event: TextEvent): void {
    if (this.#hooks.mark !== undefined) this.#hooks.mark(text, event);
    else this.markRow(text, event);
  }

  /** The row of a mark. */
  markRow(text: string, event: TextEvent): number {
    const { time_ns, cpu, task, line } = event;
    return this.#builder.append(
      { time_ns, cpu, task, event: 'tracing_mark_write', args: text }, line);
  }

  #event(event: TextEvent, read: EventCells): void {
    if (read.problem !== undefined) {
      this.#problems.add(this.file, event.line, read.problem);
      if (read.event.startsWith('mm_page_')) {
        this.#builder.countUnused('cut-event');
        return;
      }
    }
    const { time_ns, cpu, task } = event;
    const cells = { ...read.cells, time_ns, cpu, task, event: read.event } as TraceRow;
    const wrong = rowProblem(cells);
    if (wrong !== undefined) {
      this.#problems.add(this.file, event.line, `${wrong}; the event was left out`);
      this.#builder.countUnused('bad-row');
      return;
    }
    const call = { ...event, ...read.cells } as TextEvent & EventCells['cells'];
    const calls = { ...call, time_ns, cpu, task, name: event.name, line: event.line };
    this.#calls.before(calls);
    const row = this.#builder.append(cells, event.line);
    if (read.action !== undefined) this.#nameAction(row, read.action);
    this.#notePhase(row, read);
    this.#calls.after(calls);
  }

  #nameAction(row: number, action: number): void {
    const code = this.#actions.get(action) ?? this.#builder.intern(`action=${action}`);
    this.#actions.set(action, code);
    this.#builder.set(row, 'args', code);
  }

  #notePhase(row: number, { event, cells }: EventCells): void {
    if (cells.phase === undefined) return;
    const name = event === 'function_call' ? (cells.args ?? '').split(' ')[0] ?? '' : event;
    if (cells.phase === 'E') {
      this.#returning.add(name);
      this.#entries.delete(name);
    } else if (!this.#returning.has(name)) {
      const rows = this.#entries.get(name) ?? [];
      if (rows.push(row) === 1) this.#entries.set(name, rows);
    }
  }
}
