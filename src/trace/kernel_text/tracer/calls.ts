/**
 * Input rows of calls that the trace shows by their kprobe events: each call of the table gets a
 * row with phase B before its entry event and one with phase E after its return event.
 */
import { addTo } from '../../../base/long_lists.js';
import { own } from '../../../base/own.js';
import { roundDown } from '../../../base/pfn.js';
import { eventCode, type TraceBuilder } from '../../build.js';
import { AUTO, callMarks, WORD_BY_ZONE, WORD_UNKNOWN } from '../../call_marks.js';
import { NONE, type TraceRow, type ZoneName } from '../../trace.js';
import { DeviceMemory } from './device_memory.js';
import { inRegion, type VirtioMemDevice } from '../recording/virtio_mem.js';

export type CallName =
  | 'online' | 'online_kernel' | 'online_movable' | 'offline' | 'add_memory' | 'remove_memory';

/** An event of the trace, as far as calls are concerned. */
export interface CallEvent {
  readonly time_ns: number;
  readonly cpu: number;
  readonly task: string;
  /** As traced: NAME or NAME_ret. */
  readonly name: string;
  readonly nid?: number;
  readonly pfn?: number;
  readonly nr_pages?: number;
  readonly zone?: ZoneName;
  readonly ret?: number;
  readonly args?: string;
  /** The event's text. */
  readonly rest?: string;
  readonly line: number;
}

/** Flag of add_memory_resource(): its nid is the number of a memory group. */
const MHP_NID_IS_MGID = 4;

/** Functions that are called with the range of the call that they are in. */
const tellsRange = (name: string): boolean =>
  inner[name] !== undefined || name === 'start_isolate_page_range';

interface OpenCall {
  readonly event: CallName;
  /** Row of phase B. */
  readonly row: number;
  /** The event that ends it. */
  readonly ends: string;
  readonly auto: boolean;
  /** A step says what it is about. */
  readonly isOfStep: boolean;
}

/** What a step says it is going to do to a block. */
export interface StepCall {
  readonly event: CallName;
  readonly row: number;
}

const entries: Readonly<Record<string, 'online' | 'offline' | 'add_memory' | 'remove_memory'>> = {
  memory_subsys_online: 'online', memory_subsys_offline: 'offline',
  add_memory_resource: 'add_memory', try_remove_memory: 'remove_memory',
};
/** A worker of the kernel: it writes no file, what it onlines is part of what it does. */
const worker = /^kworker\//;

/** Entries of kernels or recordings where the function above was not traced. */
const inner: typeof entries = {
  online_pages: 'online', offline_pages: 'offline', arch_add_memory: 'add_memory',
  arch_remove_memory: 'remove_memory',
};

/** Does one call make the other by itself? */
function nests(outer: OpenCall, entry: CallName): boolean {
  return outer.event === 'add_memory' && entry === 'online';
}

/** Same direction: a step that wrote `online_movable` is what memory_subsys_online() is of. */
function fits(step: CallName, entry: string): boolean {
  return step === entry || (entry === 'online' && step.startsWith('online'));
}

/** A removal takes blocks offline, and online again when it is refused. */
function isBlockEntry(entry: CallName): boolean {
  return entry === 'offline' || entry.startsWith('online');
}

export class Calls {
  /** The call of the running step that no event has claimed yet. */
  step: StepCall | undefined;
  /** Rows of calls that began since the step did, by event. */
  readonly seen = new Map<CallName, number[]>();
  /** Told of each phase B row that an event (not a step) made. */
  began: (entry: CallName, row: number, auto: boolean) => void = () => undefined;
  /** Asked of a range that is added or removed: does a driver do it that has told its ranges? */
  claims: (event: CallEvent) => boolean = () => false;
  /** Told of each arch_add_memory(), which has the node. */
  added: (event: CallEvent) => void = () => undefined;
  /** All calls that begin now are what a driver does. */
  allDriven = false;
  /** Memory that is added goes online by itself. */
  onlinesItself: () => boolean = () => false;
  /** Lines at which calls ended of which no event told the range. */
  readonly rangeless: number[] = [];
  readonly #open = new Map<string, OpenCall[]>();
  /** Onlines of which nobody saw the word, by their row of phase B; and their row of phase E. */
  readonly #unknown = new Map<number, number | undefined>();
  /** All of them, also those that a later event or a snapshot tells the word of. */
  readonly #wordless: number[] = [];
  readonly #builder: TraceBuilder;
  readonly #blockPages: number;
  /** Memory of these devices, and of these ranges, comes and goes by a driver. */
  readonly #virtioMem: VirtioMemDevice[];
  /** Of tasks whose add_memory_resource() was not traced: the add that they may be in. */
  readonly #adding = new Map<string, { row: number; end: number }>();
  /** Tasks that are in offline_and_remove_memory(), which only that driver calls. */
  readonly #giveBack = new Set<string>();
  readonly #devices: DeviceMemory;

  constructor(
    builder: TraceBuilder, blockPages: number, virtioMem: Iterable<VirtioMemDevice> = [],
  ) {
    this.#builder = builder;
    this.#blockPages = blockPages;
    this.#virtioMem = [...virtioMem];
    this.#devices = new DeviceMemory(builder);
  }

  /**
   * zone_for_pfn_range() was called for this word. Outside of a call that onlines somebody read
   * valid_zones.
   */
  tellWord(task: string, word: CallName): void {
    const top = this.#open.get(task)?.at(-1);
    if (top === undefined || !top.event.startsWith('online')) return;
    const { columns, strings } = this.#builder;
    const known = !top.auto && strings[columns.args.get(top.row)] !== WORD_UNKNOWN;
    if (known) return;
    this.#builder.set(top.row, 'event', eventCode(word));
    if (!top.auto) this.#builder.set(top.row, 'args', 0);
    this.#unknown.delete(top.row);
  }

  /** From now on memory in these bytes comes and goes by a driver. */
  drive(start: number, end: number): void {
    this.#virtioMem.push({ name: '', start, size: end - start, sizes: [] });
  }

  /** Before the event's own row is written: a call may begin here. */
  before(event: CallEvent): void {
    if (event.name === 'offline_and_remove_memory') this.#giveBack.add(event.task);
    else if (event.name === 'offline_and_remove_memory_ret') this.#giveBack.delete(event.task);
    if (this.#devices.isUnmapped(event)) return;
    const stack = this.#open.get(event.task) ?? [];
    const outer = own(entries, event.name);
    // The task cannot be in two of them: that the first one returned was not seen.
    while (outer !== undefined && stack.length > 0 && !stack.some((one) => nests(one, outer))) {
      stack.pop();
    }
    const top = stack.at(-1);
    if (this.#goesOn(event, outer, top)) return;
    const entry = outer ?? (top === undefined ? own(inner, event.name) : undefined);
    if (entry === undefined) return;
    this.#open.set(event.task, stack);
    if (outer !== undefined && outer !== 'online') this.#adding.delete(event.task);
    const call = this.#begin(event, entry, top);
    stack.push(call);
    addTo(this.seen, call.event, call.row);
  }

  /** After it: a call may have ended, or told its range. */
  after(event: CallEvent): void {
    const stack = this.#open.get(event.task);
    const top = stack?.at(-1);
    if (stack === undefined || top === undefined) return;
    if (event.name === 'arch_add_memory') this.added(event);
    if (event.name === top.ends) {
      stack.pop();
      if (this.#devices.isMapped(event, top.row)) {
        this.seen.delete(top.event);
        return;
      }
      if (this.#dropRangeless(top, event)) {
        this.seen.delete(top.event);
        return;
      }
      const end = this.end(top.row, event, event.ret);
      const goesOn = event.name === 'arch_add_memory_ret'
        && (worker.test(event.task) || this.onlinesItself());
      if (goesOn) this.#adding.set(event.task, { row: top.row, end });
    } else if (tellsRange(event.name)) this.#tell(top, event);
  }

  /** No event told the range of this call: nobody could make it, and it is no input. */
  #dropRangeless({ row, isOfStep }: OpenCall, { name, line }: Pick<CallEvent, 'name' | 'line'>,
  ): boolean {
    const builder = this.#builder;
    if (row < 0 || isOfStep || !Number.isNaN(builder.columns.pfn.get(row))) return false;
    this.#unknown.delete(row);
    builder.set(row, 'event', eventCode('function_call'));
    builder.set(row, 'args', builder.intern(`fn=${name.replace(/_ret$/, '')}`));
    builder.withoutPhase([row]);
    this.rangeless.push(line);
    return true;
  }

  /** Writes phase E of the call that began in `row`. */
  end(row: number, from: CallEvent, ret: number | undefined, args?: string): number {
    // The row was left out, for a cell of it was wrong.
    if (row < 0) return row;
    const { columns } = this.#builder;
    const cells: Record<string, number | string> = {};
    for (const name of ['nid', 'pfn', 'nr_pages'] as const) {
      const value = columns[name].get(row);
      if (value !== NONE && !Number.isNaN(value)) cells[name] = value;
    }
    if (ret !== undefined) cells['ret'] = ret;
    if (args !== undefined) cells['args'] = args;
    const begun = this.#builder.eventOf(row);
    // Both rows of a call are of one task: the one that was in it when its events were traced.
    const task = this.#builder.strings[columns.task.get(row)] ?? from.task;
    const end = this.#builder.append({
      ...cells, time_ns: from.time_ns, cpu: from.cpu, task, event: begun, phase: 'E',
    } as TraceRow, from.line);
    if (this.#unknown.has(row)) this.#unknown.set(row, end);
    return end;
  }

  /**
   * A snapshot shows in which zone the blocks are (`zoneOf` a block's first pfn). An online whose
   * word is not known by then was of the word that gives this zone, unless it went offline since.
   */
  tellZones(zoneOf: (pfn: number) => ZoneName | undefined): void {
    const { columns } = this.#builder;
    for (const [row, end] of this.#unknown) {
      const zone = zoneOf(columns.pfn.get(row));
      if (zone === undefined || end === undefined) continue;
      this.#tellZone(row, zone);
      this.#builder.set(end, 'event', columns.event.get(row));
    }
    this.#unknown.clear();
  }

  /** When all events are read: words that nobody saw written, also where the zone stands for it. */
  finish(): void {
    for (const call of [...this.#open.values()].flat()) {
      this.#dropRangeless(call, { name: call.ends, line: 0 });
    }
    const { columns, strings } = this.#builder;
    const words = this.#wordless
      .filter((row) => callMarks(strings[columns.args.get(row)] ?? '').word !== 'known').length;
    if (words > 0) this.#builder.countUnused('word-written-to-state', words);
  }

  /** Is the call that began in this row still running? */
  isOpen(row: number): boolean {
    return [...this.#open.values()].some((stack) => stack.some((call) => call.row === row));
  }

  /** The call that began in this row is over, whatever events come. */
  close(row: number): void {
    for (const [task, stack] of this.#open) {
      this.#open.set(task, stack.filter((call) => call.row !== row));
    }
  }

  #begin(event: CallEvent, entry: CallName, top: OpenCall | undefined): OpenCall {
    const ends = `${event.name}_ret`;
    const { step } = this;
    const driven = this.#isDriven(event);
    if (step !== undefined && !driven && fits(step.event, entry) && top === undefined) {
      this.step = undefined;
      // The shell that marked the step may have left the write to a child.
      this.#builder.set(step.row, 'task', this.#builder.intern(event.task));
      return { event: step.event, row: step.row, ends, auto: false, isOfStep: true };
    }
    const removes = step?.event === 'remove_memory' && isBlockEntry(entry);
    // Who takes the blocks offline is who removes the memory, also when that is refused.
    if (removes) this.#builder.set(step.row, 'task', this.#builder.intern(event.task));
    const auto = driven || top?.event === 'add_memory' || removes ||
      (entry === 'online' && top === undefined && this.#adding.has(event.task));
    const words = auto ? AUTO : entry === 'online' ? WORD_UNKNOWN : '';
    const row = this.#builder.append({
      time_ns: event.time_ns, cpu: event.cpu, task: event.task, event: entry, phase: 'B',
      ...(words === '' ? {} : { args: words }),
    }, event.line);
    if (words === WORD_UNKNOWN) {
      this.#unknown.set(row, undefined);
      this.#wordless.push(row);
    }
    const call = { event: entry, row, ends, auto, isOfStep: false };
    this.began(entry, row, auto);
    this.#tell(call, event);
    return call;
  }

  /**
   * Where add_memory_resource() was not traced (v7.3 has it under another name): a worker that adds
   * the next block without having looked for the node again is still in the same call.
   */
  #goesOn(event: CallEvent, outer: CallName | undefined, top: OpenCall | undefined): boolean {
    if (event.name === '__try_online_node') this.#adding.delete(event.task);
    const add = this.#adding.get(event.task);
    if (event.name !== 'arch_add_memory' || outer !== undefined || top !== undefined) return false;
    if (add === undefined) return false;
    const { pfn, nr_pages } = this.#builder.columns;
    const pages = nr_pages.get(add.row);
    if (event.pfn !== pfn.get(add.row) + pages) return false;
    for (const row of [add.row, add.end]) {
      this.#builder.set(row, 'nr_pages', pages + (event.nr_pages ?? 0));
    }
    return true;
  }

  /** Does a driver make this call? */
  #isDriven(event: CallEvent): boolean {
    if (this.allDriven || this.#giveBack.has(event.task)) return true;
    const { name, pfn, nr_pages } = event;
    const byDriver = name === 'add_memory_resource' || name === 'try_remove_memory';
    if (byDriver && this.claims(event)) return true;
    return byDriver && pfn !== undefined && inRegion(this.#virtioMem, pfn, nr_pages ?? 0);
  }

  /** The range of the call, from an event of a function that has it as arguments. */
  #tell(call: OpenCall, event: CallEvent): void {
    const isBlock = isBlockEntry(call.event);
    if (call.event === 'add_memory') this.#tellAdd(call.row, event);
    if (isBlock && event.zone !== undefined) this.#tellZone(call.row, event.zone);
    const { columns } = this.#builder;
    const known = columns.pfn.get(call.row);
    if (event.pfn === undefined || !Number.isNaN(known)) return;
    const pfn = isBlock ? roundDown(event.pfn, this.#blockPages) : event.pfn;
    const pages = isBlock ? this.#blockPages : event.nr_pages ?? NaN;
    this.#builder.set(call.row, 'pfn', pfn);
    this.#builder.set(call.row, 'nr_pages', pages);
  }

  /** The node is that of arch_add_memory(); the outer function may be given a memory group. */
  #tellAdd(row: number, event: CallEvent): void {
    const flags = /flags=(0x[0-9a-f]+)/.exec(event.args ?? '')?.[1];
    const isGroup = event.name !== 'arch_add_memory' && (flags === undefined
      || (Number(flags) & MHP_NID_IS_MGID) !== 0);
    if (event.nid !== undefined && !isGroup) this.#builder.set(row, 'nid', event.nid);
    if (flags !== undefined && flags !== '0x0') {
      const { columns, strings } = this.#builder;
      const auto = callMarks(strings[columns.args.get(row)] ?? '').auto ? `${AUTO} ` : '';
      this.#builder.set(row, 'args', this.#builder.intern(`${auto}flags=${flags}`));
    }
  }

  /** What was written to sysfs is not known, but the zone that came of it is. */
  #tellZone(row: number, zone: ZoneName): void {
    const { columns, strings } = this.#builder;
    if (strings[columns.args.get(row)] !== WORD_UNKNOWN) return;
    const word = zone === 'Movable' ? 'online_movable' : 'online_kernel';
    this.#builder.set(row, 'event', eventCode(word));
    this.#builder.set(row, 'args', this.#builder.intern(WORD_BY_ZONE));
  }
}
