/**
 * Replays the inputs of a recording on the model and holds every recorded fact against it:
 * results, state after each step, calls of kernel functions, log lines, zonelists, pages.
 */
import { onceFor } from '../base/once.js';
import { recordedResult } from '../compare/facts/results.js';
import { factsOfRow, tellsState } from '../compare/facts/rows.js';
import type { Kernel } from '../linux/base/kernel.js';
import type { Patch } from '../patch/define.js';
import type { Causes } from '../observe/facts/causes.js';
import type { FactValue } from '../observe/facts/fact.js';
import { ABSENT } from '../observe/observation.js';
import { BOOT, type InputResult, type ReplayObserver } from '../replay/observer.js';
import { inputCalls, type TracedCall } from '../replay/calls.js';
import { PageLevel } from '../replay/pages/page_level.js';
import { tellsPool } from '../replay/pages/pool_rows.js';
import { takenPace } from '../replay/pace.js';
import { foundBefore } from '../replay/written_before.js';
import { replay } from '../replay/replay.js';
import { callMarks } from '../trace/call_marks.js';
import { eventTypes, type EventName } from '../trace/events.js';
import { isLossy, lossesOf, mayHaveReturned, type Losses } from '../trace/losses.js';
import { NONE, type Trace } from '../trace/trace.js';
import { CallFacts, recordedCall } from './call_sequence.js';
import { Dependence } from './dependence.js';
import { FactSheet, type Verification } from './facts.js';
import { probedFunctions } from './call_facts.js';
import { LogFacts } from './log_facts.js';
import { PageFacts } from './page_facts.js';
import { Passes } from './passes.js';
import { SnapshotFacts } from './snapshot_facts.js';
import { otherFields } from './state_facts.js';
import { rowWords } from '../trace/row_words.js';

export interface VerifyOptions {
  /** Base version of the model. */
  readonly version: string;
  readonly series: readonly Patch[];
  /** As the report names it. */
  readonly name: string;
  /** Assert the model's own data after each row. */
  readonly check?: boolean;
}

/** Rows of these kinds are the importer's account of what no model of this depth can say. */
const unspokenRows = new Map<EventName, string>([
  ['buddyinfo', 'free blocks by order'],
  ['pageblocks', 'pageblocks by migratetype'],
  ['shell', 'shell command'],
  ['function_call', 'call of a function that the model does not have'],
]);

/** Holds one trace against one kernel of the model. */
export function verify(trace: Trace, options: VerifyOptions): Verification {
  const pageLevel = PageLevel.of(trace, options.series);
  const run = new Verifier(trace, options, pageLevel);
  replay(trace, {
    version: options.version, series: options.series, observers: [run],
    ...(options.check === undefined ? {} : { check: options.check }),
    ...(pageLevel === undefined ? {} : { pageLevel }),
  });
  return run.verification();
}

/** Holds a trace against the kernel that it is replayed on; ask it when the replay is over. */
export class Verifier implements ReplayObserver {
  readonly functions: ReadonlySet<string>;
  readonly #trace: Trace;
  readonly #facts = new FactSheet();
  readonly #snapshots: SnapshotFacts;
  readonly #calls: CallFacts;
  readonly #log: LogFacts;
  readonly #pageLevel: PageLevel | undefined;
  readonly #pages: PageFacts;
  /** By the first row of an input call. */
  readonly #results = new Map<number, InputResult>();
  readonly #inputs: ReadonlyMap<number, TracedCall>;
  /** E row of an input call to its first row. */
  readonly #begins = new Map<number, number>();
  readonly #losses: Losses;
  /** Step in which events were lost first. */
  #lossyStep: number | undefined;
  readonly #passes = new Passes();
  readonly #dependence: Dependence;
  readonly #options: VerifyOptions;
  #step = 0;
  #row = BOOT;
  /** Huge pages in use were taken from a snapshot. */
  #poolTaken = false;

  /** `pageLevel`: that of the replay, which is to be of the same trace and series. */
  constructor(trace: Trace, options: VerifyOptions, pageLevel: PageLevel | undefined) {
    this.#trace = trace;
    this.#options = options;
    this.#losses = lossesOf(trace);
    this.#inputs = inputCalls(trace);
    for (const { row, end } of this.#inputs.values()) {
      if (end !== undefined) this.#begins.set(end, row);
    }
    const recorded = recordedFunctions(trace);
    this.functions = new Set(Object.keys(probedFunctions).filter((fn) => recorded.has(fn)));
    this.#calls = new CallFacts(this.#facts, trace);
    this.#dependence = new Dependence(trace, pageLevel, this.#inputs);
    const { cpus, block_size, page_size } = trace.header;
    this.#snapshots =
      new SnapshotFacts(this.#facts, this.#dependence, cpus, block_size / page_size);
    this.#log = new LogFacts(this.#facts, trace);
    this.#pageLevel = pageLevel;
    this.#pages = new PageFacts(this.#facts, trace);
  }

  beforeRow(row: number, k: Kernel): void {
    this.#row = row;
    for (const cause of this.#dependence.row(row, k)) this.#facts.corrected(cause);
    if (this.#trace.event(row) === 'hugetlb_pool') this.#hugePages(row, k);
    this.#facts.inDoubt = row >= this.#losses.inputs;
    this.#noteLoss(row);
    // Calls before the first mark or the first recorded call are in no recording.
    const event = this.#trace.event(row);
    if (eventTypes[event].role === 'mark' || isSeenCall(this.#trace, row)) {
      this.#calls.tracing = true;
    }
  }

  booted(k: Kernel): void {
    this.#calls.isolationBit = k.config.isolation_is_a_bit;
    this.#log.modelled(k, 0, BOOT, 0);
  }

  enter(fn: string, args: readonly unknown[], row: number, task: string): void {
    this.#calls.enter(this.#step, row, fn, args, this.#dependence.ofTask(task));
  }

  leave(fn: string, result: unknown, row: number, task: string): void {
    this.#calls.leave(this.#step, row, fn, result, this.#dependence.ofTask(task));
  }

  #printed(k: Kernel): void {
    this.#log.modelled(k, this.#step, this.#row, this.#dependence.ofLog());
  }

  result(result: InputResult): void {
    this.#results.set(result.row, result);
  }

  afterRow(row: number, k: Kernel): void {
    const trace = this.#trace;
    const event = trace.event(row);
    const type = eventTypes[event];
    if (type.role === 'mark') this.#mark(row, event, k);
    else if (type.role === 'taken') this.#facts.take(event.replaceAll('_', ' '));
    else if (type.role === 'input') this.#input(row, k);
    else if (type.role === 'outcome') this.#outcome(row, event, k);
    this.#noteLoss(row);
  }

  /** Before and after a row, which may begin a step. */
  #noteLoss(row: number): void {
    const { first } = this.#losses;
    if (row < first) return;
    const lost = this.#trace.event(row) === 'lost_events' || isLossy(this.#losses, row);
    if (!lost && !this.#facts.inDoubt) return;
    this.#lossyStep ??= this.#step;
    this.#calls.lost(this.#step);
  }

  end(k: Kernel): void {
    this.#row = this.#trace.length;
    const open = [...this.#inputs.values()]
      .some(({ row, end, auto }) => this.#trace.phase(row) === 'B' && end === undefined && !auto);
    if (open) {
      this.#calls.cut(this.#row);
      this.#log.cut(lastTraced(this.#trace));
    }
    this.#snapshots.end(k);
    this.#printed(k);
    this.#neverReturned();
    this.#calls.hold();
    if (this.#pageLevel !== undefined) this.#pages.hold(this.#pageLevel, k);
    this.#log.hold(foundBefore(this.#trace).sure);
  }

  /** All of it; the replay is over. */
  verification(): Verification {
    const { name, version, series } = this.#options;
    for (const [kind, count] of takenPace(this.#trace)) this.#facts.take(kind, count);
    const { files, min_free_kbytes } = foundBefore(this.#trace);
    const written = files.length + (min_free_kbytes === undefined ? 0 : 1);
    if (written > 0) this.#facts.take('parameter written before the recording began', written);
    for (const [kind, count] of this.#trace.unused) this.#facts.leave(kind, count);
    const { gaps, events } = this.#losses;
    const kernel = [version, ...series.map(({ id }) => id)].join('+');
    return this.#facts.finish(name, kernel, gaps.length === 0 ? undefined
      : { places: gaps.length, events, step: this.#lossyStep ?? this.#step });
  }

  #mark(row: number, event: EventName, k: Kernel): void {
    const args = this.#trace.args(row);
    this.#snapshots.end(k);
    if (event === 'snapshot') {
      this.#snapshots.begin(rowWords(this.#trace, row, event).step ?? 0, row);
    } else if (event === 'tracing_mark_write') {
      this.#printed(k);
      this.#dependence.step();
      this.#step = Number(/^step (\d+)/.exec(args)?.[1] ?? this.#step);
      this.#pages.step(row, this.#step);
    }
  }

  #input(row: number, k: Kernel): void {
    const phase = this.#trace.phase(row);
    if (phase === 'B') this.#calls.begin(row, this.#step);
    else if (phase === 'E') this.#endOfInput(row);
    else this.#dependence.end(row);
    this.#printed(k);
  }

  /** Calls that the recording saw begin and not end, by its end. */
  #neverReturned(): void {
    for (const { row, end, auto } of this.#inputs.values()) {
      if (this.#trace.phase(row) !== 'B' || end !== undefined || auto) continue;
      const subject = { kind: 'result', event: this.#trace.event(row) } as const;
      const held = { step: this.#step, row, subject, field: 'ret' };
      const modelled = resultText(this.#results.get(row));
      if (mayHaveReturned(this.#losses, row, this.#trace.length)) {
        this.#facts.doubt('result of a call whose return may be lost', held, NEVER, modelled);
        continue;
      }
      const causes = this.#dependence.ofTask(this.#trace.task(row));
      this.#facts.hold(held, NEVER, modelled, causes);
    }
  }

  /** The recorded return of an input call: held against what the model's call came to. */
  #endOfInput(row: number): void {
    const trace = this.#trace;
    const begin = this.#begins.get(row);
    if (begin === undefined) return;
    this.#calls.finish(begin, this.#step);
    // It went on while tracing was off: what it called has no events.
    if (callMarks(trace.args(row)).bySnapshot) this.#calls.lost(this.#step);
    const causes = this.#dependence.ofTask(trace.task(begin));
    this.#dependence.end(begin);
    // What another call does by itself is held as calls, not as a result of its own.
    if (this.#inputs.get(begin)?.auto === true) return;
    const { ret, served, released, why } = recordedResult(trace, row);
    if (released !== undefined) this.#holdResult(row, begin, 'released', released, causes);
    else if (why === 'before') this.#facts.take('memory hot-added before the recording began');
    else if (why === 'monitor') this.#facts.leave('answer of the virtual machine monitor');
    else if (why === 'page') this.#facts.leave('page whose error nobody could handle');
    else if (ret === undefined) this.#facts.leave('unknown result');
    else {
      this.#holdResult(row, begin, 'ret', ret, causes);
      if (served !== undefined) this.#holdResult(row, begin, 'served', served, causes);
    }
  }

  #holdResult(
    row: number, begin: number, field: 'ret' | 'released' | 'served', recorded: FactValue,
    causes: Causes,
  ): void {
    const result = this.#results.get(begin);
    const subject = { kind: 'result', event: this.#trace.event(row) } as const;
    const modelled = field === 'served' ? result?.detail ?? '' : resultText(result);
    this.#facts.hold({ step: this.#step, row, subject, field }, recorded, modelled, causes);
  }

  #outcome(row: number, event: EventName, k: Kernel): void {
    const left = unspokenRows.get(event);
    const facts = factsOfRow(this.#trace, row);
    if (left !== undefined) this.#facts.leave(left);
    else if (event === 'printk') this.#log.recorded(this.#trace.args(row), row, this.#step);
    else if (isSnapshot(event)) this.#snapshots.row(row, facts, k);
    else if (event === 'page') this.#snapshots.page(row, this.#step, facts, k);
    else if (tellsState(event)) this.#snapshots.other(row, this.#step, facts, k);
    else if (this.#passes.isFurther(event) && k.config.offline_drain_each_pass) {
      this.#facts.leave('drain of a further pass of an offline');
    } else if (Object.hasOwn(probedFunctions, event) && !isSeenCall(this.#trace, row)) {
      this.#facts.leave('call that sets a pace');
    } else if (Object.hasOwn(probedFunctions, event)) {
      // How often a call goes round its loops is taken from single pages, where there are any.
      const pace = this.#pageLevel !== undefined && row > this.#losses.first;
      this.#calls.recorded(
        this.#step, row, recordedCall(this.#trace, row), pace || this.#facts.inDoubt);
    } else this.#facts.leave(`${event} event`);
    if (event === 'pcp') this.#facts.leave('pages on a per-cpu list');
  }

  /** How many huge pages there are: before what is in use is taken. */
  #hugePages(row: number, k: Kernel): void {
    if (tellsPool(k, this.#trace)) {
      const causes = this.#dependence.ofPool(this.#poolTaken);
      for (const { subject, field, value } of factsOfRow(this.#trace, row)) {
        const modelled = otherFields(k, subject)[field] ?? ABSENT;
        this.#facts.hold({ step: this.#step, row, subject, field }, value, modelled, causes);
      }
    }
    this.#facts.corrected('pool_in_use');
    this.#poolTaken = true;
  }
}

const NEVER = 'never returned';

/** The last row that tells an event of a tracer. */
function lastTraced(trace: Trace): number {
  let row = trace.length - 1;
  while (row >= 0 && trace.event(row) === 'printk') row -= 1;
  return row;
}

function isSnapshot(event: EventName): boolean {
  return event === 'zoneinfo' || event === 'memory_block' || event === 'node_states';
}

function resultText(result: InputResult | undefined): string {
  if (result === undefined) return NEVER;
  if (result.fault !== undefined) return NEVER;
  return `${result.ret ?? ''}`;
}

/** Functions that the recording has calls of: what it had probes for. */
const recordedFunctions = onceFor((trace: Trace): ReadonlySet<string> => {
  const seen = new Set<string>();
  for (let row = 0; row < trace.length; row += 1) {
    if (isSeenCall(trace, row)) seen.add(trace.event(row));
  }
  return seen;
});

/** A tracer saw this call: it has a CPU. One written by hand says how far its task has come. */
function isSeenCall(trace: Trace, row: number): boolean {
  return trace.cpu(row) !== NONE && Object.hasOwn(probedFunctions, trace.event(row));
}
