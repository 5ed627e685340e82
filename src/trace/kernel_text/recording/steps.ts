/** The steps of info.json as rows: what drove the kernel, and the snapshots after it. */
import { pushAll } from '../../../base/long_lists.js';
import { eventCode, type TraceBuilder } from '../../build.js';
import { BY_SNAPSHOT, NOTED } from '../../call_marks.js';
import type { TraceRow } from '../../trace.js';
import type { CallName, Calls } from '../tracer/calls.js';
import { daxProbeRow, daxRemoveRow, printedDax } from './dax.js';
import { DaxDevices } from './dax_devices.js';
import { nothingTold, type ToldOfSteps } from './told_of_steps.js';
import { errnoOf } from './errno.js';
import { labRows } from './lab.js';
import { errorDrains } from './page_errors.js';
import {
  autoOnlineWritten, cpuWrites, daxStateWrites, isStateWord, notifierRow, notifierWrites,
  pageErrors, parameterReads, parameterWrites, stateWrites,
} from './shell_writes.js';
import type { TextEvent } from '../tracer/trace_line.js';
import { wishRow } from './virtio_mem.js';
import type { Step } from './recording_info.js';

type Row = Omit<TraceRow, 'time_ns'>;

interface StateWrite {
  readonly event: CallName;
  readonly block: number;
  readonly inBackground?: true;
}

/** What a step's own result is: 0 or a negative errno; undefined when nobody knows. */
function resultOf(step: Step): number | undefined {
  if (step.rc === undefined || step.rc === 0) return step.rc;
  return step.rc < 0 ? step.rc : errnoOf(step.stderr ?? '');
}

const hasFailed = ({ rc }: Step): boolean => rc !== undefined && rc !== 0;

/** What the recorder notes of a guest that refused; anything else was said by QEMU. */
const guestRefused = /^(refused: |_OST status |no answer of the guest)/;
/** Steps that are done or not: that they failed says that nothing came of them. */
const wholeSteps: ReadonlySet<string> = new Set(['notifier-error', 'lab', 'dax-kmem-unbind']);

/** They print the device that kmem was given. */
const bindsDax: ReadonlySet<string> = new Set(['dax-kmem', 'dax-hmem', 'cxl-region']);

const stepText = ({ action, cmd }: Step): string => [action, cmd ?? ''].join(' ').trim();

/** A step that never came to the kernel, or of which nothing came, is no input. */
function isNoInput(step: Step): boolean {
  if (!hasFailed(step)) return false;
  if (wholeSteps.has(step.action)) return true;
  const { stderr } = step;
  if (!step.action.endsWith('-dimm') || typeof stderr !== 'string') return false;
  return errnoOf(stderr) === undefined && !guestRefused.test(stderr);
}

export class StepRows {
  readonly told: ToldOfSteps;
  #autoOnline: string | undefined;
  /** The driver of virtio-mem is there. */
  #virtioMemLoaded = false;
  /** The step that is running. */
  #step: Step | undefined;
  #at: TextEvent | undefined;
  /** Row of phase B of the step's own call. */
  #row: number | undefined;
  #after: readonly Row[] = [];
  /** Writes to `state` files that a shell command makes and no event has claimed yet. */
  #writes: StateWrite[] = [];
  /** Pages that the step takes out of use, with their rows of phase B. */
  #errors: { readonly row: Row; readonly begin: number }[] = [];
  /** Rows of offlines in the background, by block: a later step may say what came of them. */
  readonly #background = new Map<number, number>();
  /** Ranges of the DIMMs that were added, by id. */
  readonly #dimms = new Map<string, { readonly pfn: number; readonly nr_pages: number }>();
  /** Memory that kmem has. */
  readonly dax: DaxDevices;
  readonly #builder: TraceBuilder;
  readonly #calls: Calls;
  readonly #blockPages: number;

  constructor(builder: TraceBuilder, calls: Calls, blockPages: number, told = nothingTold) {
    this.told = told;
    this.#autoOnline = told.autoOnline;
    this.#builder = builder;
    this.#calls = calls;
    this.#blockPages = blockPages;
    this.dax = new DaxDevices(builder);
    this.dax.shown = told.kmemShown;
    this.dax.autoOnline = () => this.#autoOnline;
    calls.claims = (event) => this.dax.claims(event);
    calls.added = (event) => this.dax.added(event);
    calls.began = (entry, row, auto) => this.#began(entry, row, auto);
    calls.onlinesItself = () => /^online/.test(this.#autoOnline ?? '');
  }

  /** What the kernel does with added blocks, the last that was seen of it. */
  get autoOnline(): string | undefined {
    return this.#autoOnline;
  }

  seesAutoOnline(word: string | undefined): void {
    this.#autoOnline = word ?? this.#autoOnline;
  }

  virtioMemLoads(): void {
    this.#virtioMemLoaded = true;
  }

  /** The rows right behind a step's mark. */
  begin(step: Step, event: TextEvent): void {
    this.#step = step;
    this.#at = event;
    this.#row = undefined;
    this.#after = [];
    this.#calls.seen.clear();
    this.dax.beginStep();
    if (isNoInput(step)) this.#shellRow(step, stepText(step));
    else if (isStateWord(step.action)) this.#stateWrite(step.action, step.block ?? 0);
    else if (step.action === 'offline-begin') this.#offlineBegin(step, step.block ?? 0);
    else if (step.action === 'offline-result') this.#offlineResult(step, step.block ?? 0);
    else if (step.action === 'lab') this.#lab(step);
    else if (step.action === 'sh') this.#shell(step, step.cmd ?? '');
    else if (step.action === 'write') this.#shell(step, `echo ${step.value} > ${step.path}`);
    else if (step.action === 'read') this.#shell(step, `cat ${step.path}`);
    else if (step.action === 'notifier-error' && (step.rc ?? 0) === 0) {
      this.#append(notifierRow(step.event ?? '', step.errno ?? 0));
    }
    else if (step.action === 'remove-dimm') this.#remove(step);
    else if (step.action === 'add-dimm') this.#add(step);
    else if (step.action === 'virtio-mem') this.#virtioMem(step);
    else if (bindsDax.has(step.action)) this.#daxKmem(step);
    else if (step.action === 'dax-kmem-unbind') {
      this.dax.unbind(step.device ?? '');
      this.#append(daxRemoveRow(step.device ?? ''));
    }
    else {
      this.#shellRow(step, step.action);
    }
  }

  /** The rows at the end of the running step: `last` is its last event. */
  end(last: TextEvent): void {
    const step = this.#step;
    if (step === undefined) return;
    this.#calls.step = undefined;
    this.#calls.allDriven = false;
    if (this.#row !== undefined) this.#endCall(step, this.#row, last);
    this.#endPageErrors(step, last);
    if (step.action.endsWith('-dimm')) this.#endDimm(step, last);
    if (step.action === 'add-dimm' && !isNoInput(step)) this.#endAdd(step, last);
    // What the step's own task saw, whoever has the last event.
    const { cpu, task } = this.#at ?? last;
    for (const row of this.#after) this.#append({ cpu, task, ...row }, last);
    this.#step = undefined;
  }

  /** An event began a call that is not the step's own: what the step says of it. */
  #began(entry: CallName, row: number, auto: boolean): void {
    const step = this.#step;
    if (auto) {
      // A refused removal onlines by `online`, whatever is done with memory that is added.
      const added = entry === 'online' && step?.action !== 'remove-dimm';
      const word = added ? this.#autoOnline : undefined;
      if (word !== undefined && isStateWord(word)) this.#builder.set(row, 'event', eventCode(word));
      return;
    }
    if (entry === 'add_memory' && step?.action === 'add-dimm') {
      // arch_add_memory() will tell; a call that fails before it is known by the DIMM alone.
      this.#builder.set(row, 'nid', step.node ?? 0);
      this.#builder.set(row, 'nr_pages', (step.size_mb ?? 0) * 256);
    }
    const index = this.#writes.findIndex(({ event }) => event.startsWith(entry));
    const [write] = index < 0 ? [] : this.#writes.splice(index, 1);
    if (write !== undefined) this.#claim(write, row);
  }

  #claim(write: StateWrite, row: number): void {
    this.#builder.set(row, 'event', eventCode(write.event));
    this.#builder.set(row, 'args', 0);
    this.#builder.set(row, 'pfn', write.block * this.#blockPages);
    this.#builder.set(row, 'nr_pages', this.#blockPages);
    if (write.inBackground) this.#background.set(write.block, row);
  }

  /** Events will tell; where there are none, the snapshot after the step does. */
  #add(step: Step): void {
    const range = this.told.unseen ? this.told.addedRange(step) : undefined;
    if (range === undefined) return;
    this.#row = this.#append({ event: 'add_memory', phase: 'B', ...range });
    this.#dimms.set(String(step.id), { pfn: range.pfn, nr_pages: range.nr_pages });
  }

  /** A DIMM whose range is known, because its adding was seen, is removed. */
  #remove(step: Step): void {
    const range = this.#dimms.get(String(step.id));
    if (range === undefined) return;
    const row = this.#append({ event: 'remove_memory', phase: 'B', ...range });
    this.#row = row;
    this.#calls.step = { event: 'remove_memory', row };
  }

  /**
   * The hypervisor asks for another size; how much it had at the end is an outcome. QEMU itself may
   * have refused. The driver, loaded in the first such step, finds all devices.
   */
  #virtioMem(step: Step): void {
    const device = this.told.virtioMem.get(String(step.id));
    if (device === undefined || step.plugged_mb === undefined) {
      this.#shellRow(step, step.action);
      return;
    }
    const wished = (step.requested_mb ?? 0) * 2 ** 20;
    const found = this.#virtioMemLoaded ? [device] : this.told.virtioMem.values();
    this.#virtioMemLoaded = true;
    for (const one of found) {
      const bytes = one === device ? wished : one.first?.requested_size ?? 0;
      const row = wishRow(one, bytes, this.#autoOnline);
      if (row !== undefined) this.#append(row);
    }
    // A device that the driver did not take says nothing and plugs nothing.
    if (device.start === undefined) return;
    this.#after = [{
      event: 'virtio_mem_plugged_size', nr_pages: step.plugged_mb * 256,
      args: `device=${device.name}`,
    }];
  }

  /** What kmem adds of it is told by events too. */
  #daxKmem(step: Step): void {
    const dax = printedDax(step.output ?? '');
    if (dax === undefined) {
      this.#shellRow(step, step.action);
      return;
    }
    this.dax.bind(dax);
    this.#append(daxProbeRow(dax, this.#autoOnline));
  }

  #append(row: Row, event = this.#at): number {
    const { time_ns = 0, cpu = 0, task = '', line = 0 } = event ?? {};
    return this.#builder.append({ time_ns, cpu, task, ...row }, line);
  }

  #shellRow(step: Step, args: string): void {
    this.#append({ event: 'shell', ...this.#ret(step.rc), args });
  }

  #ret(rc: number | undefined): { ret?: number } {
    return rc === undefined ? {} : { ret: rc };
  }

  #stateRow(event: CallName, block: number): Row {
    return { event, phase: 'B', pfn: block * this.#blockPages, nr_pages: this.#blockPages };
  }

  #stateWrite(event: CallName, block: number): void {
    const row = this.#append(this.#stateRow(event, block));
    this.#row = row;
    this.#calls.step = { event, row };
  }

  /** Its events tell when it begins; where there are none, it begins here. */
  #offlineBegin(step: Step, block: number): void {
    this.#shellRow(step, step.cmd ?? `${step.action} block=${block}`);
    if (hasFailed(step)) return;
    this.#background.delete(block);
    if (!this.told.unseen) this.#writes.push({ event: 'offline', block, inBackground: true });
    else this.#background.set(block, this.#append(this.#stateRow('offline', block)));
  }

  /** The call had returned by now; its events say when, if they were recorded. */
  #offlineResult(step: Step, block: number): void {
    this.#shellRow(step, step.cmd ?? `${step.action} block=${block}`);
    const row = this.#background.get(block);
    if (step.ended !== true || row === undefined || this.#at === undefined) return;
    this.#background.delete(block);
    if (!this.told.unseen && !this.#calls.isOpen(row)) return;
    this.#endUnseen(row, this.#at, step.write_rc === 0 ? 0 : errnoOf(step.stderr ?? ''));
  }

  /**
   * Tracing is off while a snapshot is made: a call whose block a snapshot shows offline has
   * returned by then, though its return has no event.
   * @param states by block: as the snapshot shows it
   */
  endOfflines(states: ReadonlyMap<number, string>, time_ns: number): void {
    for (const [block, row] of this.#background) {
      if (this.#at === undefined || !this.#calls.isOpen(row)) continue;
      if (!/^state=offline\b|^offline\b/.test(states.get(block) ?? '')) continue;
      this.#background.delete(block);
      this.#endUnseen(row, { ...this.#at, time_ns }, 0, BY_SNAPSHOT);
    }
  }

  #lab(step: Step): void {
    const rows = labRows(step.cmd ?? '', step.output ?? '', this.told.lacksDma);
    if (rows === undefined) {
      this.#append({ event: 'shell', ...this.#ret(step.rc), args: `lab ${step.cmd}` });
      this.#builder.countUnused('lab-command');
    }
    for (const row of rows?.during ?? []) this.#append(row);
    this.#after = rows?.after ?? [];
  }

  #shell(step: Step, text: string): void {
    const cmd = text.replace(/\r?\n/g, '; ');
    const online = autoOnlineWritten(cmd);
    if (online !== undefined && step.rc === 0) this.#autoOnline = online;
    // A command that failed may have written nothing.
    const writes = [...parameterWrites(cmd), ...parameterReads(cmd), ...cpuWrites(cmd)];
    for (const row of hasFailed(step) ? [] : writes) this.#append(row);
    this.#pageErrors(pageErrors(cmd));
    const errors = hasFailed(step) ? [] : notifierWrites(cmd);
    for (const row of errors) this.#append(row);
    const states = stateWrites(cmd).length > 0 ? [] : this.dax.stateRows(daxStateWrites(cmd));
    for (const row of states) this.#append(row);
    this.#calls.allDriven = states.length > 0;
    if (errors.length + states.length === 0) this.#shellRow(step, cmd);
    if (this.told.unseen) this.#unseenWrites(step, cmd);
    else pushAll(this.#writes, stateWrites(cmd));
  }

  /** Written one after the other; only of a step that is one write it is known what came of it. */
  #unseenWrites(step: Step, cmd: string): void {
    const ret = step.action === 'write' ? resultOf(step) : undefined;
    for (const { event, block } of stateWrites(cmd)) {
      const range = { event, pfn: block * this.#blockPages, nr_pages: this.#blockPages };
      this.#append({ ...range, phase: 'B' });
      this.#append({ ...range, phase: 'E', ...this.#ret(ret), args: NOTED });
    }
  }

  /** They begin here, one after the other; what came of it is known of a step that is one. */
  #pageErrors(rows: readonly Row[]): void {
    this.#errors = rows.map((row) => ({ row, begin: this.#append({ ...row, phase: 'B' }) }));
  }

  /** Only a page that is free has the lists drained, or switched off, once more. */
  #endPageErrors(step: Step, last: TextEvent): void {
    const errors = this.#errors.splice(0);
    const soft = errors.filter(({ row }) => row.event === 'soft_offline_page');
    const begin = errors[0]?.begin ?? this.#builder.length;
    const { drained, off, writer } = errorDrains(this.#builder, begin);
    // One goes as far as the rows of the task say that wrote it.
    const task = errors.length === 1 ? writer : undefined;
    if (task !== undefined) this.#builder.set(begin, 'task', task);
    const free = this.#builder.intern('free=1');
    if (drained === soft.length || off === 2 * soft.length) {
      for (const { begin } of soft) this.#builder.set(begin, 'args', free);
    }
    const ret = step.action === 'write' ? resultOf(step) : undefined;
    for (const { row } of errors) {
      const end = { ...row, task: this.#at?.task ?? '', phase: 'E', ...this.#ret(ret) } as const;
      const at = this.#append({ ...end, args: NOTED }, last);
      if (task !== undefined) this.#builder.set(at, 'task', task);
    }
  }

  /** The step's own call did not return in the trace: its result is what the recorder noted. */
  #endCall(step: Step, row: number, last: TextEvent): void {
    const event = this.#builder.eventOf(row) as CallName;
    const claimed = this.#calls.seen.get(event)?.includes(row) === true;
    if (claimed && !this.#calls.isOpen(row)) return;
    const refused = event === 'remove_memory' && !claimed && this.#calls.seen.has('offline');
    // acpi_scan_try_to_offline() answers -EBUSY for whatever made an offlining fail.
    if (refused) this.#calls.end(row, { ...last, name: '' }, -16);
    else if (step.rc !== undefined) this.#endUnseen(row, last, resultOf(step));
  }

  #endUnseen(row: number, last: TextEvent, ret: number | undefined, from = NOTED): void {
    this.#calls.close(row);
    this.#calls.end(row, { ...last, name: '' }, ret, from);
  }

  /** Calls for a DIMM that did not return before the next step. */
  #endDimm(step: Step, last: TextEvent): void {
    const event = step.action === 'add-dimm' ? 'add_memory' : 'remove_memory';
    const { pfn, nr_pages } = this.#builder.columns;
    const [first] = this.#calls.seen.get('add_memory') ?? [];
    if (first !== undefined && step.id !== undefined) {
      this.#dimms.set(String(step.id), { pfn: pfn.get(first), nr_pages: nr_pages.get(first) });
    }
    for (const row of this.#calls.seen.get(event) ?? []) {
      if (this.#calls.isOpen(row)) this.#endUnseen(row, last, resultOf(step));
    }
  }

  /** A DIMM that never came to add_memory_resource(). */
  #endAdd(step: Step, last: TextEvent): void {
    if (this.#calls.seen.has('add_memory') || this.#row !== undefined) return;
    if (step.rc === undefined) return;
    const row = {
      event: 'add_memory', nid: step.node ?? 0, nr_pages: (step.size_mb ?? 0) * 256,
    } as const;
    this.#append({ ...row, phase: 'B' });
    this.#append(
      { ...row, phase: 'E', ...this.#ret(resultOf(step)), args: NOTED }, last);
  }
}
