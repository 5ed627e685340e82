/**
 * A recording as a trace: the log's boot lines, the first snapshot, then for each step its mark,
 * its inputs, its events and log lines in order of time, and the snapshot after it.
 */
import { PAGE_SIZE } from '../../../base/pfn.js';
import { assumption, assumptions, withoutSnapshots } from '../../assumptions.js';
import type { TraceBuilder } from '../../build.js';
import type { ImportContext } from '../../importer.js';
import type { Source } from '../../source.js';
import { NONE, type TraceHeader } from '../../trace.js';
import { Calls } from '../tracer/calls.js';
import { readDmesg, type Dmesg } from '../log/dmesg.js';
import { withWindows } from '../log/window_nodes.js';
import { EventRows } from '../tracer/event_rows.js';
import { readTracerText } from '../tracer/tracer_text.js';
import { hotAddedBefore } from './hot_added.js';
import {
  beginnings, cutOffText, fullCpus, InsertedRows, losses, lostMarks, lostMarkText, spansOf,
  type Inserted,
} from './inserted_rows.js';
import { readLog } from '../log/read_log.js';
import { undumpedPages, type BusyRange, type RefusedRange } from './busy_ranges.js';
import { dumpTimes, logClock, LogMerge, type Clock } from '../log/log_merge.js';
import { cpusOfTrace } from './cpus_of_trace.js';
import { firmwareDistances, qemuDistanceRows } from './qemu_distances.js';
import { kmemDevices } from './dax_devices.js';
import { stepOfMark } from './plain_text.js';
import { recordingHeader } from './header.js';
import { RecordingFiles } from './recording_files.js';
import { scanMarks, type Marks } from './scan_marks.js';
import {
  laterDistances, onlineZone, readSnapshot, type Snapshot,
} from '../snapshot/snapshot.js';
import { SnapshotTimes, textFrom } from './snapshot_times.js';
import { TimeIndex } from './time_index.js';
import { StepRows } from './steps.js';
import { toldOfSteps } from './told_of_steps.js';
import { eventLine, type HeadFacts, type TextEvent } from '../tracer/trace_line.js';
import { addedRange, drivenBlocks, missingInputs, type AddedRange } from './unseen_calls.js';
import { firstWishes, wishesBeside, wishRow, wishSteps } from './virtio_mem.js';
import type { LostEvents, RecordingInfo, Span, Step } from './recording_info.js';

const nothing: TextEvent = { time_ns: 0, cpu: 0, task: '', name: '', rest: '', line: 0 };

export class RecordingReader {
  readonly #files: RecordingFiles;
  readonly #info: RecordingInfo;
  readonly #noted: boolean;
  readonly #context: ImportContext;
  readonly #builder: TraceBuilder;
  #blockPages = 32768;
  #blocks: ReadonlyMap<number, string> = new Map();
  #first: Snapshot | undefined;
  #hasPool = false;
  #marks: Marks = {
    steps: new Map(), builds: [], isWhole: true, busy: [], lastOf: new Map(), refused: [],
    pageLevel: false, snapshots: new Map(),
  };
  #inserted = new InsertedRows([]);
  #times = new SnapshotTimes(new Map(), this.#marks);
  #dmesg: Dmesg = readDmesg('');
  #clock: Clock = (log_ns) => log_ns;
  /** Dumped pages by the trace's clock. */
  #dumped = new TimeIndex<Dmesg['dumped'][number]>([], []);
  #busy = new TimeIndex<BusyRange>([], []);
  #refused = new TimeIndex<RefusedRange>([], []);
  #span: (step: Step) => Span | undefined = () => undefined;
  /** When the first step begins; Infinity when nobody knows. */
  #bootEnd = Infinity;
  /** Steps whose mark has not come yet, in order. */
  #waiting: Step[];
  #running: Step | undefined;
  #calls: Calls | undefined;
  #last = nothing;
  #head: HeadFacts = {};
  /** Behind the last row of the last snapshot. */
  #snapshotEnd = 0;

  /** `info` is undefined where nobody noted anything: trace and log were put side by side. */
  constructor(source: Source, info: RecordingInfo | undefined, context: ImportContext) {
    this.#files = new RecordingFiles(source, context.problems);
    this.#noted = info !== undefined;
    this.#info = info ?? {};
    this.#context = context;
    this.#builder = context.builder;
    this.#waiting = [...info?.steps ?? []];
  }

  async read(): Promise<Partial<TraceHeader>> {
    this.#dmesg = readLog(this.#files.log, await this.#files.logText(), this.#context);
    for (const [kind, lines] of this.#dmesg.unused) {
      this.#builder.countUnused(`dmesg:${kind}`, lines);
    }
    this.#blockPages = (this.#dmesg.facts.block_size ?? 2 ** 27) / PAGE_SIZE;
    const chunks = this.#files.traceChunks();
    if (chunks !== undefined) this.#marks = await scanMarks(chunks, fullCpus(this.#info));
    this.#clock = logClock(this.#dmesg, this.#marks.builds, this.#isWhole);
    this.#indexMarks(this.#marks);
    const snapshots = await this.#files.snapshots(this.#noted);
    this.#times = new SnapshotTimes(snapshots, this.#marks);
    this.#dmesg = { ...this.#dmesg, rows: withWindows(this.#dmesg.rows, snapshots.values()) };
    await this.#rows(snapshots);
    const began = this.#bootEnd;
    const header = recordingHeader(this.#info, this.#dmesg, this.#first, this.#context.given,
      (log_ns) => Number.isFinite(began) && this.#clock(log_ns) < began);
    const { other: more, ...cpus } = cpusOfTrace(this.#dmesg, this.#head, this.#builder);
    const notes = assumptions(this.#files.log, this.#dmesg.notes);
    const assumed = snapshots.size > 0 ? [] : withoutSnapshots.map(assumption);
    return { ...header, ...cpus, other: [...header.other ?? [], ...notes, ...more, ...assumed] };
  }

  #indexMarks(marks: Marks): void {
    const { dumped } = this.#dmesg;
    this.#dumped = new TimeIndex(dumped, dumpTimes(dumped, marks.refused, this.#clock));
    this.#busy = new TimeIndex(marks.busy, marks.busy.map(({ time_ns }) => time_ns));
    this.#refused = new TimeIndex(marks.refused, marks.refused.map(({ time_ns }) => time_ns));
    const begun = beginnings(this.#info, marks);
    this.#span = spansOf(begun);
    for (const time of begun.values()) this.#bootEnd = Math.min(this.#bootEnd, time);
  }

  /** Nobody says that events were lost. */
  get #isWhole(): boolean {
    return this.#marks.isWhole && (this.#info.recorder?.lost ?? []).length === 0;
  }

  /** What virtio-mem devices were asked for by none of the steps. */
  #wishes(steps: StepRows, bootEnd: number): readonly Inserted[] {
    const asked = wishSteps(this.#info.steps ?? [], steps.told.virtioMem, this.#span);
    const devices = this.#dmesg.facts.virtio_mem.values();
    return wishesBeside(devices, asked, this.#clock, bootEnd).map((wish) => ({
      time_ns: wish.time_ns,
      write: (time_ns) => {
        steps.virtioMemLoads();
        const row = wishRow(wish.device, wish.requested_size, steps.autoOnline);
        this.#builder.setFile(this.#files.log);
        if (row !== undefined) this.#builder.append({ time_ns, ...row }, wish.line);
        this.#builder.setFile(this.#files.trace);
      },
    }));
  }

  async #rows(snapshots: ReadonlyMap<number, string>): Promise<void> {
    const { problems } = this.#context;
    const bootEnd = this.#bootEnd;
    const log = new LogMerge(this.#builder, this.#dmesg, {
      logFile: this.#files.log, traceFile: this.#files.trace,
      clock: this.#clock, bootEnd,
    });
    const devices = this.#dmesg.facts.virtio_mem.values();
    const calls = new Calls(this.#builder, this.#blockPages, devices);
    this.#calls = calls;
    const steps = new StepRows(this.#builder, calls, this.#blockPages, {
      ...toldOfSteps(this.#info, this.#dmesg),
      addedRange: (step) => this.#addedRange(step, snapshots),
      kmemShown: () => kmemDevices(textFrom(snapshots, this.#running?.step ?? 0) ?? ''),
    });
    const end = (time: number): void => this.#endStep(time, steps, log, snapshots);
    const due = (time: number): void => {
      const readAt = this.#snapshotDue();
      if (readAt < time) {
        this.#inserted.before(readAt, log);
        end(readAt);
      }
      this.#inserted.before(time, log);
    };
    const rows: EventRows = new EventRows(
      this.#builder, calls, problems, this.#files.trace, {
        beforeTime: due,
        logNext: () => Math.min(log.next, this.#inserted.next, this.#snapshotDue()),
        mark: (text, event) => {
          this.#inserted.before(event.time_ns, log);
          this.#mark(text, event, rows, steps, end);
        },
        afterEvent: (event) => {
          this.#last = event;
          if (this.#times.wentBy(event)) due(event.time_ns + 1);
        },
      });
    rows.release = this.#info.kernel?.[0] ?? this.#dmesg.facts.kernel;
    this.#inserted = new InsertedRows([
      ...this.#wishes(steps, bootEnd),
      ...losses(this.#info, this.#marks, (lost, time) => this.#lost(lost, time)),
      ...lostMarks(this.#waiting, this.#marks, (step, time_ns) => {
        const at = { ...this.#last, time_ns, cpu: NONE, task: '', line: 0 };
        this.#mark(lostMarkText(step), at, rows, steps, end);
      }),
      ...[...snapshots].flatMap(([step, text]) => this.#earlyZones(step, text)),
    ]);
    const distances = qemuDistanceRows(this.#info.qemu?.args, this.#dmesg.facts.pxm_nodes);
    // Those in sysfs are of the faked nodes, where there are any.
    const later = this.#dmesg.facts.faked_nodes.size > 0 ? []
      : laterDistances(snapshots.values(), distances);
    for (const row of [...distances, ...later]) this.#builder.append({ time_ns: 0, ...row }, 0);
    log.before(bootEnd);
    const first = firstWishes(
      this.#dmesg.facts.virtio_mem.values(), this.#clock, bootEnd, steps.autoOnline);
    for (const row of first) this.#builder.append({ time_ns: this.#lastTime(), ...row }, 0);
    if (first.length > 0) steps.virtioMemLoads();
    this.#snapshot(0, steps, snapshots);
    this.#builder.setFile(this.#files.trace);
    const chunks = this.#files.traceChunks();
    if (chunks === undefined) this.#files.missesTrace();
    else this.#head = await readTracerText(chunks, this.#builder, rows, eventLine);
    rows.finish();
    end(Infinity);
    // Of a trace that is cut off no event tells what the steps behind its end did.
    if (this.#marks.steps.size > 0 && this.#isWhole && this.#waiting.length > 0) {
      this.#problem(0, cutOffText(this.#waiting.splice(0)));
    }
    for (const step of this.#waiting.splice(0)) this.#begin(step, this.#last, steps, end);
    end(Infinity);
  }

  /** When the snapshot after the running step was read under tracing; Infinity: it was not. */
  #snapshotDue(): number {
    return this.#running === undefined ? Infinity : this.#times.end(this.#running.step);
  }

  /** Zones that were read before the snapshot was complete. */
  #earlyZones(step: number, text: string): readonly Inserted[] {
    return this.#times.earlyRows(step, text).map(({ time_ns, rows }) => ({
      time_ns,
      write: () => {
        this.#builder.setFile(this.#files.snapshot(step));
        for (const { row, line } of rows) this.#builder.append({ time_ns, ...row }, line);
        this.#builder.setFile(this.#files.trace);
      },
    }));
  }

  /** A mark: the steps before it are over. */
  #mark(
    text: string, event: TextEvent, rows: EventRows, steps: StepRows, end: (time: number) => void,
  ): void {
    const number = Number(/^step (\d+):/.exec(text)?.[1] ?? NaN);
    const index = this.#waiting.findIndex(({ step }) => step === number);
    for (const step of this.#waiting.splice(0, Math.max(0, index))) {
      this.#begin(step, { ...event, time_ns: this.#last.time_ns }, steps, end);
    }
    const step = this.#noted ? this.#waiting[index] : stepOfMark(text);
    if (step !== undefined) end(event.time_ns);
    rows.markRow(text, event);
    this.#last = event;
    if (step !== undefined) {
      if (this.#noted) this.#waiting.shift();
      this.#beginHere(step, event, steps);
    } else if (this.#noted && !Number.isNaN(number)) {
      this.#problem(event.line, `step ${number} is not in info.json`);
    }
  }

  #problem(line: number, message: string): void {
    this.#context.problems.add(this.#files.trace, line, message);
  }

  /** A step whose mark the trace does not have. */
  #begin(step: Step, at: TextEvent, steps: StepRows, end: (time: number) => void): void {
    end(at.time_ns);
    this.#problem(0, `step ${step.step} of info.json (${step.action}) has no tracing_mark_write`);
    this.#beginHere(step, { ...at, line: 0 }, steps);
  }

  #beginHere(step: Step, event: TextEvent, steps: StepRows): void {
    this.#running = step;
    this.#dumpedPages(step, event);
    this.#busyRanges(step, event);
    steps.begin(step, event);
  }

  /** From here on the CPU had no room for its events. */
  #lost({ cpu, events }: LostEvents, time: number): void {
    this.#builder.append({
      time_ns: Math.max(time, this.#lastTime()), cpu, event: 'lost_events',
      args: `events=${events} full=1`,
    });
  }

  /** Ranges that virtio-mem will not get in this step. */
  #busyRanges(step: Step, event: TextEvent): void {
    const [from, to] = this.#span(step) ?? [0, 0];
    for (const { row } of this.#busy.between(from, to)) {
      this.#builder.append({ ...row, time_ns: event.time_ns }, event.line);
    }
  }

  /** The pages that the kernel will dump in this step, each once. */
  #dumpedPages(step: Step, event: TextEvent): void {
    const [from, to] = this.#span(step) ?? [0, 0];
    const seen = new Set<string>();
    for (const { row, line } of this.#dumped.between(from, to)) {
      const key = `${row.pfn} ${row.args}`;
      if (seen.has(key)) continue;
      seen.add(key);
      this.#builder.setFile(this.#files.log);
      this.#builder.append({ ...row, time_ns: event.time_ns }, line);
      this.#builder.setFile(this.#files.trace);
    }
    const kernel = this.#dmesg.facts.kernel ?? '';
    for (const pfn of undumpedPages(this.#refused.between(from, to), kernel)) {
      const { time_ns, line } = event;
      this.#builder.append(
        { time_ns, event: 'unmovable_page', pfn, args: 'reason=unmovable_page' }, line);
    }
  }

  #endStep(
    time: number, steps: StepRows, log: LogMerge, snapshots: ReadonlyMap<number, string>,
  ): void {
    this.#inserted.before(time, log);
    steps.end({ ...this.#last, time_ns: Math.max(this.#last.time_ns, this.#lastTime()) });
    const step = this.#running;
    this.#running = undefined;
    if (step !== undefined) this.#snapshot(step.step, steps, snapshots);
  }

  /** The blocks that the first snapshot from this step on has and the last one before has not. */
  #addedRange(
    { step, size_mb = 0 }: Step, snapshots: ReadonlyMap<number, string>,
  ): AddedRange | undefined {
    const text = textFrom(snapshots, step);
    if (text === undefined) return undefined;
    const { blocks } = readSnapshot(text, {
      first: false, pageLevel: false, readAt: undefined, early: new Set(),
      blockPages: this.#blockPages, before: this.#blocks, hadPool: false,
    });
    return addedRange(this.#blocks, blocks, size_mb * 256, this.#blockPages);
  }

  /** What changed since the last snapshot without an input: of a recording without calls. */
  #missingInputs(blocks: ReadonlyMap<number, string>, step: number, file: string): void {
    const driven = drivenBlocks(this.#builder, this.#snapshotEnd, this.#blockPages);
    for (const change of missingInputs(this.#blocks, blocks, (block) => driven.has(block))) {
      this.#context.problems.add(file, 0, `${change}, and nothing in step ${step} says how; the `
        + 'kernel has no kprobe events: write the steps into a scenario file');
    }
  }

  /** Time of the last row. */
  #lastTime(): number {
    const { columns, length } = this.#builder;
    return length === 0 ? 0 : columns.time_ns.get(length - 1);
  }

  /** The rows of a snapshot, at the time of the row before. */
  #snapshot(step: number, steps: StepRows, snapshots: ReadonlyMap<number, string>): void {
    const text = snapshots.get(step);
    if (text === undefined) return;
    const [file, builder] = [this.#files.snapshot(step), this.#builder];
    const snapshot = readSnapshot(text, {
      first: step === 0, pageLevel: this.#marks.pageLevel, readAt: this.#times.of(step),
      early: this.#times.early(step), blockPages: this.#blockPages, before: this.#blocks,
      hadPool: this.#hasPool,
    });
    this.#hasPool = snapshot.hasPool;
    const time_ns = this.#lastTime();
    builder.setFile(file);
    const before = step === 0 ? hotAddedBefore(
      this.#dmesg.rows.map(({ row }) => row),
      { file, text, rows: snapshot.rows, blocks: snapshot.blocks },
      this.#blockPages) : { inputs: [], rows: snapshot.rows };
    for (const row of before.inputs) builder.append({ time_ns, ...row }, 1);
    if (step > 0) steps.endOfflines(snapshot.blocks, time_ns);
    builder.append({ time_ns, event: 'snapshot', args: `step=${step}` }, 1);
    const rows = firmwareDistances(before.rows, this.#dmesg.facts.faked_nodes);
    for (const { row, line } of rows) builder.append({ time_ns, ...row }, line);
    for (const { line, message } of snapshot.problems) {
      this.#context.problems.add(file, line, message);
    }
    for (const [kind, lines] of snapshot.unused) builder.countUnused(`snapshot:${kind}`, lines);
    if (step > 0 && steps.told.unseen) this.#missingInputs(snapshot.blocks, step, file);
    this.#snapshotEnd = builder.length;
    this.#blocks = snapshot.blocks;
    this.#calls?.tellZones((pfn) => onlineZone(snapshot.blocks.get(pfn / this.#blockPages)));
    steps.seesAutoOnline(snapshot.settings.get('auto_online_blocks'));
    if (step === 0) this.#first = snapshot;
    builder.setFile(this.#files.trace);
  }
}
