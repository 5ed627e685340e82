/**
 * Devices of the dax bus whose memory kmem adds while a recording runs, whoever bound them: by the
 * ranges that /proc/iomem names, and by the calls that add and remove them.
 */
import { addTo } from '../../../base/long_lists.js';
import { PAGE_SIZE } from '../../../base/pfn.js';
import type { TraceBuilder } from '../../build.js';
import type { CallEvent } from '../tracer/calls.js';
import type { TraceRow } from '../../trace.js';
import { iomemRanges } from '../snapshot/iomem.js';
import { daxProbeRow, daxRemoveRow, daxStateRow, type PrintedDax } from './dax.js';

type Row = Omit<TraceRow, 'time_ns'>;

/** Bytes, `end` is one past the last. */
interface Range { readonly start: number; readonly end: number }

/** A device and what it has, by its name. */
export type DaxRanges = ReadonlyMap<string, readonly Range[]>;

/** Flags of add_memory_resource(). */
const MHP_MEMMAP_ON_MEMORY = 2;
const MHP_NID_IS_MGID = 4;

const hasFlag = (flags: number, flag: number): boolean => Math.floor(flags / flag) % 2 === 1;

/** The devices of a snapshot's /proc/iomem, those that kmem has: their RAM is named after it. */
export function kmemDevices(snapshot: string): DaxRanges {
  const devices = new Map<string, Range[]>();
  let device: { name: string; range: Range } | undefined;
  for (const { name, start, end } of iomemRanges(snapshot)) {
    const range = { start, end };
    if (/^dax\d+\.\d+$/.test(name)) device = { name, range };
    else if (name === 'System RAM (kmem)' && device !== undefined) {
      if (range.start < device.range.start || range.end > device.range.end) continue;
      addTo(devices, device.name, device.range);
      device = undefined;
    }
  }
  return devices;
}

const has = (ranges: readonly Range[], { pfn = 0, nr_pages = 0 }: CallEvent): boolean => {
  const [start, end] = [pfn * PAGE_SIZE, (pfn + nr_pages) * PAGE_SIZE];
  return ranges.some((range) => range.start <= start && end <= range.end);
};

export class DaxDevices {
  /** Devices that the snapshot after the running step shows. */
  shown: () => DaxRanges = () => new Map();
  /** What the kernel does with added memory. */
  autoOnline: () => string | undefined = () => undefined;
  /** Devices that kmem has. */
  readonly #bound = new Map<string, readonly Range[]>();
  /** Those that it lets go of in the running step. */
  readonly #gone = new Map<string, readonly Range[]>();
  /** The running step says itself what is done to them. */
  #told = false;
  /** Row of the device that is being added by a group's number: its node is not known yet. */
  #nodeless: number | undefined;
  readonly #builder: TraceBuilder;

  constructor(builder: TraceBuilder) {
    this.#builder = builder;
  }

  beginStep(): void {
    this.#told = false;
    this.#gone.clear();
  }

  /** The step binds it; the row is written. */
  bind({ name, ranges }: PrintedDax): void {
    this.#bound.set(name, ranges);
    this.#told = true;
  }

  /** Likewise. */
  unbind(name: string): void {
    this.#gone.set(name, this.#bound.get(name) ?? []);
    this.#bound.delete(name);
    this.#told = true;
  }

  /** Rows of words for the files `state` of those devices that kmem has. */
  stateRows(writes: readonly { device: string; value: string }[]): readonly Row[] {
    const rows = writes.filter(({ device }) => this.#bound.has(device)).map(daxStateRow);
    this.#told ||= rows.length > 0;
    return rows;
  }

  /** A range is added or removed: by kmem? Then its row is written, once for a device. */
  claims(event: CallEvent): boolean {
    const isAdd = event.name === 'add_memory_resource';
    const of = (devices: DaxRanges): string | undefined =>
      [...devices].find(([, ranges]) => has(ranges, event))?.[0];
    const bound = of(this.#bound);
    if (bound !== undefined) {
      if (!isAdd && !this.#told) {
        this.#append(daxRemoveRow(bound), event);
        this.unbind(bound);
      }
      return true;
    }
    if (!isAdd) return of(this.#gone) !== undefined;
    const shown = this.shown();
    const found = of(shown);
    if (found !== undefined) this.#add(found, shown.get(found) ?? [], event);
    return found !== undefined;
  }

  #add(name: string, ranges: readonly Range[], event: CallEvent): void {
    const flags = Number(/flags=(0x[0-9a-f]+)/.exec(event.args ?? '')?.[1] ?? 0);
    const isGroup = hasFlag(flags, MHP_NID_IS_MGID);
    const dax = {
      name, ranges, target_node: isGroup ? 0 : event.nid ?? 0,
      memmap_on_memory: hasFlag(flags, MHP_MEMMAP_ON_MEMORY),
    };
    this.#bound.set(name, ranges);
    const row = this.#append(daxProbeRow(dax, this.autoOnline()), event);
    this.#nodeless = isGroup ? row : undefined;
  }

  /** arch_add_memory() has the node. */
  added({ nid }: CallEvent): void {
    if (this.#nodeless !== undefined && nid !== undefined) {
      this.#builder.set(this.#nodeless, 'nid', nid);
    }
    this.#nodeless = undefined;
  }

  #append(row: Row, { time_ns, cpu, task, line }: CallEvent): number {
    return this.#builder.append({ time_ns, cpu, task, ...row }, line);
  }
}
