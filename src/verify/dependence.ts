/**
 * On which corrections the facts of a step depend. A call that looks at pages depends on those of
 * their zone; so do its result, the calls that it makes, what it prints, and the state that is
 * seen next. A state that was held against a snapshot is established: what comes of it later
 * depends on it, and on no correction before it. Where it cannot be told, a fact depends.
 */
import { pushAll } from '../base/long_lists.js';
import { causeBit, type Causes, type CorrectionCause } from '../observe/facts/causes.js';
import type { Subject } from '../observe/facts/fact.js';
import { peek } from '../observe/peek.js';
import type { Kernel } from '../patch/define.js';
import type { TracedCall } from '../replay/calls.js';
import type { PageLevel } from '../replay/pages/page_level.js';
import { deviceWorkOf } from '../replay/pages/device_work.js';
import { isSignalled } from '../replay/signals.js';
import { placesShown } from '../replay/vmemmap_places.js';
import { foundBefore } from '../replay/written_before.js';
import { callMarks } from '../trace/call_marks.js';
import type { EventName } from '../trace/events.js';
import { NONE, type Trace } from '../trace/trace.js';

/** Inputs whose course depends on single pages. */
const looksAtPages: ReadonlySet<EventName> = new Set<EventName>([
  'offline', 'remove_memory', 'alloc_pages', 'virtio_mem_config_changed', 'write_parameter',
  'compact_zone',
]);

/** Of these the pages are those of their range; of the others any. */
const inRange: ReadonlySet<EventName> = new Set<EventName>(['offline', 'remove_memory']);

/** Rows that are taken from what a call of their step came to. */
const takenCauses: { readonly [E in EventName]?: CorrectionCause } =
  { busy_range: 'busy_range', unmovable_page: 'unmovable_page' };

/** Fields of a zone that depend on all memory, and on parameters. */
const ofAllMemory: ReadonlySet<string> = new Set(
  ['min', 'low', 'high', 'protection', 'pcp_high', 'pcp_batch', 'high_min', 'high_max', 'batch']);

/** Where something depends on corrections; without a range anywhere. */
interface Place {
  readonly causes: Causes;
  readonly range?: { readonly start: number; readonly end: number };
  /** The node that the range is in, as far as known. */
  readonly nid?: number;
  /** Nothing but managed pages of this node, and what depends on all memory. */
  readonly zonesOf?: number;
}

interface Running {
  readonly place: Omit<Place, 'causes'>;
  readonly task: string;
  causes(): Causes;
}

export class Dependence {
  readonly #trace: Trace;
  readonly #level: PageLevel | undefined;
  readonly #calls: ReadonlyMap<number, TracedCall>;
  /** By the first row of the call. */
  readonly #running = new Map<number, Running>();
  /** Since the last snapshot. */
  #places: Place[] = [];
  /** Taken for this step. */
  #taken: Causes = 0;

  constructor(
    trace: Trace, level: PageLevel | undefined, calls: ReadonlyMap<number, TracedCall>,
  ) {
    this.#trace = trace;
    this.#level = level;
    this.#calls = calls;
  }

  /** A row is replayed next; the causes that it brings. */
  row(row: number, k: Kernel): readonly CorrectionCause[] {
    const trace = this.#trace;
    this.#endWork(row);
    const event = trace.event(row);
    const cause = takenCauses[event];
    if (cause !== undefined) return this.#take(cause, this.#place(row, k));
    if (placesShown(k, trace, row) > 0) {
      return this.#take('pool_place', { zonesOf: trace.nid(row) });
    }
    const call = this.#calls.get(row);
    if (call === undefined) return [];
    if (looksAtPages.has(event) && this.#level !== undefined) this.#begin(row, k);
    const { word, before } = callMarks(trace.args(row));
    const found: CorrectionCause[] = [];
    if (word === 'by_zone') pushAll(found, this.#take('online_word', this.#place(row, k)));
    if (before) pushAll(found, this.#take('before_recording', this.#place(row, k)));
    if (isSignalled(trace, call)) pushAll(found, this.#take('signal', this.#place(row, k)));
    return found;
  }

  /** What the replay set right; undefined: it knows nothing of single pages. */
  get corrections(): PageLevel['corrections'] | undefined {
    return this.#level?.corrections;
  }

  /** The work of devices that was done before this row. */
  #endWork(row: number): void {
    for (const [begin, { last }] of deviceWorkOf(this.#trace)) if (last < row) this.#end(begin);
  }

  /** The call that began in this row is over; a worker does later what it leaves to it. */
  end(row: number): void {
    if (!deviceWorkOf(this.#trace).has(row)) this.#end(row);
  }

  #end(row: number): void {
    const running = this.#running.get(row);
    if (running === undefined) return;
    this.#running.delete(row);
    this.#places.push({ ...running.place, causes: running.causes() });
  }

  /** Another step begins. */
  step(): void {
    if (this.#running.size === 0) this.#taken = 0;
  }

  /** A snapshot was held: its state is established. */
  established(): void {
    this.#places = [];
  }

  /** Of what this task does, and of its result. */
  ofTask(task: string): Causes {
    let causes = this.#taken;
    for (const one of this.#running.values()) if (one.task === task) causes |= one.causes();
    return causes;
  }

  /** Of what the kernel prints. */
  ofLog(): Causes {
    return this.#all().reduce((causes, one) => causes | one.causes, this.#taken);
  }

  ofState(subject: Subject, field: string, blockPages: number): Causes {
    let causes = subject.kind === 'zone' && ofAllMemory.has(field) ? this.#parameters() : 0;
    for (const place of this.#all()) {
      if (reaches(place, subject, field, blockPages)) causes |= place.causes;
    }
    return causes;
  }

  /** Of the pool of huge pages. */
  ofPool(taken: boolean): Causes {
    return (this.#level?.corrections.anywhere() ?? 0) | (taken ? causeBit('pool_in_use') : 0);
  }

  #all(): readonly Place[] {
    const running = [...this.#running.values()]
      .map((one) => ({ ...one.place, causes: one.causes() }));
    return [...this.#places, ...running];
  }

  #parameters(): Causes {
    const { files, min_free_kbytes } = foundBefore(this.#trace);
    const written = files.length > 0 || min_free_kbytes !== undefined;
    return written ? causeBit('parameter_before') : 0;
  }

  #take(cause: CorrectionCause, place: Omit<Place, 'causes'>): readonly CorrectionCause[] {
    const causes = causeBit(cause);
    this.#taken |= causes;
    const last = this.#places.at(-1);
    const joined = last === undefined ? undefined : joinedPlaces(last, { ...place, causes });
    if (joined === undefined) this.#places.push({ ...place, causes });
    else this.#places[this.#places.length - 1] = joined;
    return [cause];
  }

  #begin(row: number, k: Kernel): void {
    const level = this.#level;
    const trace = this.#trace;
    if (level === undefined) return;
    const start = trace.pfn(row);
    const ranged = inRange.has(trace.event(row)) && !Number.isNaN(start);
    const zp = ranged ? level.corrections.zoneOf(start) : undefined;
    // Memory that is offline has no pages to depend on.
    const causes = (): Causes => (!ranged ? level.corrections.anywhere()
      : zp === undefined ? 0 : level.corrections.inZone(zp));
    const place = ranged ? this.#place(row, k) : {};
    const task = deviceWorkOf(trace).get(row)?.task ?? trace.task(row);
    this.#running.set(row, { task, causes, place });
  }

  #nidOf(row: number, k: Kernel): number | undefined {
    const nid = this.#trace.nid(row);
    if (nid !== NONE) return nid;
    const pfn = this.#trace.pfn(row);
    // Not a read of the kernel: of memory that is offline struct pages may hold anything.
    return Number.isNaN(pfn) || !k.pfn_valid(pfn) ? undefined
      : peek(k, () => k.page_zone(pfn)?.nid);
  }

  /** The range of the row, and its node as far as that is known now. */
  #place(row: number, k: Kernel): Omit<Place, 'causes'> {
    const start = this.#trace.pfn(row);
    if (Number.isNaN(start)) return {};
    const pages = this.#trace.nr_pages(row);
    const nid = this.#nidOf(row, k);
    return {
      range: { start, end: start + (Number.isNaN(pages) ? 1 : pages) },
      ...(nid === undefined ? {} : { nid }),
    };
  }
}

/** Both as one where the second goes on with the first: memory block after memory block. */
function joinedPlaces(first: Place, second: Place): Place | undefined {
  const { range, ...rest } = first;
  const isNext = range !== undefined && range.end === second.range?.start
    && first.causes === second.causes && first.nid === second.nid;
  return isNext ? { ...rest, range: { start: range.start, end: second.range.end } } : undefined;
}

/** Can what happened there be why the subject is as it is? */
function reaches(
  { range, nid, zonesOf }: Place, subject: Subject, field: string, pages: number,
): boolean {
  if (zonesOf !== undefined) {
    return subject.kind === 'zone'
      && (ofAllMemory.has(field) || (field === 'managed' && subject.nid === zonesOf));
  }
  if (range === undefined) return true;
  if (subject.kind === 'memory_block') {
    return subject.id * pages < range.end && (subject.id + 1) * pages > range.start;
  }
  if (subject.kind === 'page') return subject.pfn >= range.start && subject.pfn < range.end;
  if (subject.kind === 'zone' && nid !== undefined && !ofAllMemory.has(field)) {
    return subject.nid === nid;
  }
  return true;
}
