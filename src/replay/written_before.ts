/**
 * Parameters that were written before the recording began. The header has what the first snapshot
 * shows; what the recorded kernel would not have by itself, somebody wrote.
 */
import { parseWords } from '../base/words.js';
import type { Kernel } from '../linux/base/kernel.js';
import { eventTypes } from '../trace/events.js';
import type { Trace } from '../trace/trace.js';

export const isWritten = ({ files, min_free_kbytes }: WrittenBefore): boolean =>
  files.length > 0 || min_free_kbytes !== undefined;

const known = new WeakMap<Trace, WrittenBefore>();

/** What was found for the trace, each time by the same kernel; `find` is called once. */
export function writtenBefore(trace: Trace, find: () => WrittenBefore): WrittenBefore {
  const found = known.get(trace) ?? find();
  known.set(trace, found);
  return found;
}

/** What a replay of the trace had to write; nothing when none was replayed. */
export function foundBefore(trace: Trace): WrittenBefore {
  return known.get(trace) ?? nothing;
}

/** What a replay writes when it comes to the first snapshot. */
export interface WrittenBefore {
  /** Files, as write_parameter() knows them, and values. */
  readonly files: readonly (readonly [name: string, value: string])[];
  /** vm.min_free_kbytes by a user; undefined: nobody is known to have written it. */
  readonly user: number | undefined;
  /** vm.min_free_kbytes then, which the kernel can have raised since; undefined: its own. */
  readonly min_free_kbytes: number | undefined;
  /** Before the memory was hot-added that the recording began with, or else after it. */
  readonly early: boolean;
  /** The zonelist builds of the log, which print free pages above the watermarks, say when. */
  readonly sure: boolean;
}

const nothing: WrittenBefore =
  { files: [], user: undefined, min_free_kbytes: undefined, early: false, sure: true };

export type Settings = ReadonlyMap<string, string>;

export interface FirstSnapshot {
  readonly row: number;
  readonly settings: Settings;
  /** The first input before it, which sets up memory that was hot-added; undefined: none. */
  readonly input: number | undefined;
}

/** Undefined when the trace has none, or does not say what parameters were then. */
export function firstSnapshot(trace: Trace): FirstSnapshot | undefined {
  const text = trace.header.other.find(([key]) => key === 'settings')?.[1];
  if (text === undefined) return undefined;
  let input: number | undefined;
  for (let row = 0; row < trace.length; row += 1) {
    const event = trace.event(row);
    if (event === 'snapshot') return { row, settings: parseWords(text), input };
    if (eventTypes[event].role === 'input') input ??= row;
  }
  return undefined;
}

const now: Readonly<Record<string, (k: Kernel) => string>> = {
  watermark_scale_factor: (k) => `${k.state.watermark_scale_factor}`,
  percpu_pagelist_high_fraction: (k) => `${k.state.percpu_pagelist_high_fraction}`,
  lowmem_reserve_ratio: (k) => k.state.lowmem_reserve_ratio
    .slice(0, k.state.nodes[0]?.node_zones.length).join('/'),
  online_policy: (k) => k.mhp_parameters().online_policy,
  auto_movable_ratio: (k) => `${k.mhp_parameters().auto_movable_ratio}`,
  auto_movable_numa_aware: (k) => (k.mhp_parameters().auto_movable_numa_aware ? 'Y' : 'N'),
};

/** `always/[madvise]/never`, when that is not what khugepaged goes by: its word. */
function hugePages(k: Kernel, settings: Settings): string | undefined {
  const word = /\[(\w+)\]/.exec(settings.get('enabled') ?? '')?.[1];
  return word === undefined || (word !== 'never') === k.state.khugepaged ? undefined : word;
}

function changedFiles(k: Kernel, settings: Settings): WrittenBefore['files'] {
  const word = hugePages(k, settings);
  const others = Object.entries(now).flatMap(([name, read]) => {
    const value = settings.get(name);
    return value === undefined || value === read(k) ? [] : [[name, value] as const];
  });
  return [...(word === undefined ? [] : [['enabled', word] as const]), ...others];
}

function number(settings: Settings, name: string): number | undefined {
  const value = settings.get(name);
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
}

/** Does the kernel already stand as the snapshot shows? */
export function isAsShown(k: Kernel, settings: Settings): boolean {
  const shown = number(settings, 'min_free_kbytes');
  return changedFiles(k, settings).length === 0 && !settings.has('user_min_free_kbytes') &&
    (shown === undefined || shown === k.state.min_free_kbytes);
}

/**
 * What was written, by the recorded kernel's model at its first snapshot, which this changes.
 * `hotplug`: memory came or went before.
 */
export function findWritten(k: Kernel, settings: Settings, hotplug: boolean): WrittenBefore {
  const files = changedFiles(k, settings);
  for (const [name, value] of files) k.write_parameter(name, value);
  const shown = number(settings, 'min_free_kbytes');
  if (shown === undefined) return { ...nothing, files };
  const own = shown === k.state.min_free_kbytes;
  const user = writtenByUser(k, settings, shown, hotplug);
  return { ...nothing, files, user, ...(own && user === undefined ? {} : {
    min_free_kbytes: shown }) };
}

/**
 * The kernel computes the value again after each online and offline, a user's value keeps it from
 * going below, and khugepaged raises either. A value that the kernel can have got to by itself says
 * nothing of a user; the log does, which names the user's value when it is preferred.
 */
function writtenByUser(
  k: Kernel, settings: Settings, shown: number, hotplug: boolean,
): number | undefined {
  const told = number(settings, 'user_min_free_kbytes');
  const raised = number(settings, 'raised_min_free_kbytes');
  if (shown === k.state.min_free_kbytes || (told !== undefined && shown === raised)) return told;
  if (!hotplug) return shown;
  const [least, most] = computedRange(k);
  return shown >= least && shown <= most ? told : shown;
}

/**
 * What the kernel computes hangs on the high watermarks that it had until then, and those on the
 * order of what came before: at least none, at most about those of now.
 */
function computedRange(k: Kernel): readonly [least: number, most: number] {
  const { min_free_kbytes } = k.state;
  const compute = (): number => {
    k.calculate_min_free_kbytes();
    k.khugepaged_min_free_kbytes_update();
    const computed = k.state.min_free_kbytes;
    k.state.min_free_kbytes = min_free_kbytes;
    k.setup_per_zone_wmarks();
    return computed;
  };
  const least = compute();
  for (const { watermark } of k.for_each_zone()) watermark.high = 0;
  const most = compute();
  return [Math.min(least, min_free_kbytes), Math.max(most, min_free_kbytes)];
}

/** How many zonelist builds the kernel has printed as the log has them, and how many it has not. */
export function buildsAlike(
  k: Kernel, trace: Trace, end: number,
): { readonly alike: number; readonly others: number } {
  const isBuild = (text: string): boolean => text.startsWith('Built ');
  const own = k.state.log.map(({ text }) => text).filter(isBuild);
  let [alike, others, index] = [0, 0, 0];
  for (let row = 0; row < end; row += 1) {
    if (trace.event(row) !== 'printk' || !isBuild(trace.args(row))) continue;
    if (own[index] === trace.args(row).trim()) alike += 1;
    else others += 1;
    index += 1;
  }
  return { alike, others };
}

/** The writes, with the values of then. */
export function write(k: Kernel, { files, user }: WrittenBefore): void {
  for (const [name, value] of files) k.write_parameter(name, value);
  if (user !== undefined) k.min_free_kbytes_sysctl_handler(user);
}

/** What the kernel has made of them when the recording begins. */
export function settle(k: Kernel, { min_free_kbytes }: WrittenBefore): void {
  if (min_free_kbytes === undefined || min_free_kbytes === k.state.min_free_kbytes) return;
  k.state.min_free_kbytes = min_free_kbytes;
  k.setup_per_zone_wmarks();
}
