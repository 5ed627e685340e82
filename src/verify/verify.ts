/**
 * Replays the inputs of a recording on the model and holds every recorded fact against it:
 * results, state after each step, calls of kernel functions, log lines, zonelists, pages.
 */
import { PAGE_SIZE } from '../base/pfn.js';
import { parseWords } from '../base/words.js';
import type { Kernel } from '../linux/base/kernel.js';
import type { Patch } from '../patch/define.js';
import type { InputResult, ReplayObserver } from '../replay/observer.js';
import { tracedCalls, type TracedCall } from '../replay/calls.js';
import { poolWords } from '../replay/huge_pages.js';
import { PageLevel } from '../replay/pages/page_level.js';
import { takenPace } from '../replay/pace.js';
import { foundBefore } from '../replay/written_before.js';
import { replay } from '../replay/replay.js';
import { eventTypes, type EventName } from '../trace/events.js';
import { isLossy, lossesOf, mayHaveReturned, type Losses } from '../trace/losses.js';
import { NONE, type Trace, type TraceRow } from '../trace/trace.js';
import { CallFacts } from './call_sequence.js';
import { ABSENT, FactSheet, type Verification } from './facts.js';
import { probedFunctions } from './call_facts.js';
import { LogFacts } from './log_facts.js';
import { PageFacts } from './page_facts.js';
import { Passes } from './passes.js';
import { holdPage, SnapshotFacts } from './snapshot_facts.js';

export interface VerifyOptions {
  /** Base version of the model. */
  readonly version: string;
  readonly series: readonly Patch[];
  /** As the report names it. */
  readonly name: string;
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
  const run = new Verifier(trace, pageLevel);
  replay(trace, {
    version: options.version, series: options.series, observers: [run],
    ...(pageLevel === undefined ? {} : { pageLevel }),
  });
  return run.finish(options.name, [options.version, ...options.series.map((p) => p.id)].join('+'));
}

class Verifier implements ReplayObserver {
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
  #step = 0;

  constructor(trace: Trace, pageLevel: PageLevel | undefined) {
    this.#trace = trace;
    this.#losses = lossesOf(trace);
    this.#snapshots = new SnapshotFacts(this.#facts, trace.header.cpus);
    this.#inputs = tracedCalls(trace, (row) => eventTypes[trace.event(row)].role === 'input');
    for (const { row, end } of this.#inputs.values()) {
      if (end !== undefined) this.#begins.set(end, row);
    }
    const recorded = recordedFunctions(trace);
    this.functions = new Set(Object.keys(probedFunctions).filter((fn) => recorded.has(fn)));
    this.#calls = new CallFacts(this.#facts, trace.header.config);
    this.#log = new LogFacts(this.#facts);
    this.#pageLevel = pageLevel;
    this.#pages = new PageFacts(this.#facts, trace);
  }

  beforeRow(row: number, k: Kernel): void {
    if (this.#trace.event(row) === 'hugetlb_pool') this.#hugePages(row, k);
    this.#facts.inDoubt = row >= this.#losses.inputs;
    this.#noteLoss(row);
    // Calls before the first mark or the first recorded call are in no recording.
    const event = this.#trace.event(row);
    if (eventTypes[event].role === 'mark' || Object.hasOwn(probedFunctions, event)) {
      this.#calls.tracing = true;
    }
  }

  booted(k: Kernel): void {
    this.#calls.isolationBit = k.config.isolation_is_a_bit;
    this.#log.modelled(k, 0);
  }

  enter(fn: string, args: readonly unknown[]): void {
    this.#calls.enter(this.#step, fn, args);
  }

  leave(fn: string, result: unknown): void {
    this.#calls.leave(this.#step, fn, result);
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
    else if (type.role === 'outcome') this.#outcome(row, trace.row(row), k);
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
    this.#snapshots.end(k);
    this.#log.modelled(k, this.#step);
    this.#neverReturned();
    this.#calls.hold();
    if (this.#pageLevel !== undefined) this.#pages.hold(this.#pageLevel, k);
    this.#log.hold(foundBefore(this.#trace).sure);
  }

  finish(recording: string, series: string): Verification {
    for (const [kind, count] of takenPace(this.#trace)) this.#facts.take(kind, count);
    const { files, min_free_kbytes } = foundBefore(this.#trace);
    const written = files.length + (min_free_kbytes === undefined ? 0 : 1);
    if (written > 0) this.#facts.take('parameter written before the recording began', written);
    for (const [kind, count] of this.#trace.unused) this.#facts.leave(kind, count);
    const { gaps, events } = this.#losses;
    return this.#facts.finish(recording, series, gaps.length === 0 ? undefined
      : { places: gaps.length, events, step: this.#lossyStep ?? this.#step });
  }

  #mark(row: number, event: EventName, k: Kernel): void {
    const args = this.#trace.args(row);
    this.#snapshots.end(k);
    if (event === 'snapshot') this.#snapshots.begin(Number(parseWords(args).get('step') ?? 0));
    else if (event === 'tracing_mark_write') {
      this.#log.modelled(k, this.#step);
      this.#step = Number(/^step (\d+)/.exec(args)?.[1] ?? this.#step);
      this.#pages.step(row, this.#step);
    }
  }

  #input(row: number, k: Kernel): void {
    const phase = this.#trace.phase(row);
    if (phase === 'B') this.#calls.begin(row, this.#step);
    else if (phase === 'E') this.#endOfInput(row);
    this.#log.modelled(k, this.#step);
  }

  /** Calls that the recording saw begin and not end, by its end. */
  #neverReturned(): void {
    for (const { row, end, auto } of this.#inputs.values()) {
      if (this.#trace.phase(row) !== 'B' || end !== undefined || auto) continue;
      if (mayHaveReturned(this.#losses, row, this.#trace.length)) {
        this.#facts.hide('result of a call whose return may be lost');
        continue;
      }
      this.#facts.hold(this.#step, `result of ${this.#trace.event(row)}`, 'never returned',
        resultText(this.#results.get(row)));
    }
  }

  /** The recorded return of an input call: held against what the model's call came to. */
  #endOfInput(row: number): void {
    const trace = this.#trace;
    const event = trace.event(row);
    const begin = this.#begins.get(row);
    if (begin === undefined) return;
    this.#calls.finish(begin, this.#step);
    // What another call does by itself is held as calls, not as a result of its own.
    if (this.#inputs.get(begin)?.auto === true) return;
    const ret = trace.ret(row);
    const words = parseWords(trace.args(row));
    if (words.has('before')) {
      this.#facts.take('memory hot-added before the recording began');
      return;
    }
    const byMonitor = words.get('ret_from') === 'info.json' && event.endsWith('_memory');
    if (ret === NONE || byMonitor) {
      this.#facts.leave(byMonitor ? 'answer of the virtual machine monitor' : 'unknown result');
      return;
    }
    const result = this.#results.get(begin);
    this.#facts.hold(this.#step, `result of ${event}`, `${ret}`, resultText(result));
    const served = words.get('served');
    if (served === undefined) return;
    this.#facts.hold(this.#step, 'served from', served, result?.detail ?? '');
  }

  #outcome(at: number, row: TraceRow, k: Kernel): void {
    const left = unspokenRows.get(row.event);
    if (left !== undefined) this.#facts.leave(left);
    else if (row.event === 'printk') this.#log.recorded(row, this.#step);
    else if (row.event === 'zonelist') this.#zonelist(row, k);
    else if (row.event === 'page') holdPage(this.#facts, this.#step, row, k);
    else if (row.event === 'pcp') this.#pcp(row, k);
    else if (row.event === 'virtio_mem_plugged_size') this.#pluggedSize(row, k);
    else if (isSnapshot(row.event)) this.#snapshots.row(row, k);
    else if (this.#passes.isFurther(row.event) && k.config.offline_drain_each_pass) {
      this.#facts.leave('drain of a further pass of an offline');
    } else if (Object.hasOwn(probedFunctions, row.event)) {
      // How often a call goes round its loops is taken from single pages, where there are any.
      const pace = this.#pageLevel !== undefined && at > this.#losses.first;
      this.#calls.recorded(this.#step, row, pace || this.#facts.inDoubt);
    }
    else this.#facts.leave(`${row.event} event`);
  }

  /** How many huge pages there are: before what is in use is taken. */
  #hugePages(row: number, k: Kernel): void {
    if (!k.state.hugetlb.told) return;
    const trace = this.#trace;
    const nid = trace.nid(row) === NONE ? undefined : trace.nid(row);
    const modelled = poolWords(k, nid);
    const recorded = parseWords(`total=${trace.nr_pages(row)} ${trace.args(row)}`);
    const name = nid === undefined ? 'huge pages' : `huge pages of node ${nid}`;
    for (const word of ['total', 'surplus']) {
      this.#facts.hold(
        this.#step, `${name} ${word}`, recorded.get(word) ?? '0', modelled.get(word) ?? '');
    }
  }

  #zonelist(row: TraceRow, k: Kernel): void {
    const words = parseWords(row.args ?? '');
    const kind = words.get('kind') === 'nofallback' ? 1 : 0;
    const list = k.state.nodes[row.nid ?? 0]?.node_zonelists[kind] ?? [];
    const modelled = list.map(({ zone }) => `${zone.nid}:${zone.name}`).join('/') || '-';
    this.#facts.hold(this.#step, `zonelist of node ${row.nid}`, words.get('zones') ?? '', modelled);
  }

  #pluggedSize(row: TraceRow, k: Kernel): void {
    const device = parseWords(row.args ?? '').get('device') ?? '';
    const vm = k.state.virtio_mem_devices.find(({ name }) => name === device);
    const plugged = vm === undefined ? ABSENT : `${vm.plugged_size / PAGE_SIZE}`;
    this.#facts.hold(this.#step, `pages plugged of ${device}`, `${row.nr_pages ?? ''}`, plugged);
  }

  #pcp(row: TraceRow, k: Kernel): void {
    const words = parseWords(row.args ?? '');
    const zone = k.state.nodes[row.nid ?? 0]?.node_zones.find((one) => one.name === row.zone);
    const name = `pcp ${row.nid}/${row.zone} cpu ${row.cpu}`;
    this.#facts.hold(this.#step, `${name} high`, words.get('high') ?? '', `${zone?.pcp.high}`);
    this.#facts.hold(this.#step, `${name} batch`, words.get('batch') ?? '', `${zone?.pcp.batch}`);
    this.#facts.leave('pages on a per-cpu list');
  }
}

function isSnapshot(event: EventName): boolean {
  return event === 'zoneinfo' || event === 'memory_block' || event === 'node_states';
}

function resultText(result: InputResult | undefined): string {
  if (result === undefined) return 'never returned';
  if (result.fault !== undefined) return 'never returned';
  return `${result.ret ?? ''}`;
}

/** Functions that the recording has calls of: what it had probes for. */
function recordedFunctions(trace: Trace): ReadonlySet<string> {
  const seen = new Set<string>();
  for (let row = 0; row < trace.length; row += 1) {
    const event = trace.event(row);
    if (Object.hasOwn(probedFunctions, event)) seen.add(event);
  }
  return seen;
}
