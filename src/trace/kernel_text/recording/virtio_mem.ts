/** virtio-mem devices: what their driver printed, and rows of what the hypervisor asked for. */
import { hex, pfnDown } from '../../../base/pfn.js';
import type { TraceRow } from '../../trace.js';
import type { Span, Step } from './recording_info.js';

/** A device as its driver printed it; every number may be missing in a log that is cut. */
export interface VirtioMemDevice {
  /** `virtio0`. */
  readonly name: string;
  /** Bytes. */
  start?: number;
  size?: number;
  block_size?: number;
  nid?: number;
  /** Bytes plugged, as it was read last. */
  plugged?: number;
  /** The size that the driver first read, and when it printed it, ns of the log. */
  first?: { readonly time_ns: number; readonly requested_size: number };
  /** Each time the driver read its sizes, in order. */
  readonly sizes: readonly VirtioMemSizes[];
}

/** What the hypervisor asks for and what is plugged, bytes; when and where it was printed. */
export interface VirtioMemSizes {
  readonly time_ns: number;
  readonly line: number;
  readonly requested_size: number;
  readonly plugged_size?: number;
}

const line = /^virtio_mem (\w+): ([a-z ]+): (0x[0-9a-f]+|\d+)$/;
/** The driver does not take it; the second form is from v6.9 on. */
const refused = new RegExp('^virtio_mem: probe of (\\w+) failed with error '
  + '|^virtio_mem (\\w+): probe with driver virtio_mem failed with error ');

/** Takes a line of the log, if it is one of the driver, into the devices. */
export function readVirtioMemLine(
  devices: Map<string, VirtioMemDevice>, text: string, time_ns: number, number = 0,
): void {
  const [, name = '', key, digits] = line.exec(text) ?? [];
  if (key === undefined) {
    const [, old, renamed] = refused.exec(text) ?? [];
    const lost = old ?? renamed;
    // It has its place among the others, which are known by their order.
    if (lost !== undefined && !devices.has(lost)) devices.set(lost, { name: lost, sizes: [] });
    return;
  }
  const device = devices.get(name) ?? { name, sizes: [] };
  devices.set(name, device);
  const value = Number(digits);
  if (key === 'start address') device.start = value;
  else if (key === 'region size') device.size = value;
  else if (key === 'device block size') device.block_size = value;
  else if (key === 'nid') device.nid = value;
  else if (key === 'plugged size') device.plugged = value;
  else if (key === 'requested size') {
    device.first ??= { time_ns, requested_size: value };
    const plugged = device.plugged === undefined ? {} : { plugged_size: device.plugged };
    const sizes = { time_ns, line: number, requested_size: value, ...plugged };
    devices.set(name, { ...device, sizes: [...device.sizes, sizes] });
  }
}

/** Rows of what the log alone tells: each wish, and before it what the one before came to. */
export function virtioMemRows(
  devices: ReadonlyMap<string, VirtioMemDevice>, autoOnline: string | undefined,
): readonly { readonly row: TraceRow; readonly line: number }[] {
  return [...devices.values()].flatMap((device) => device.sizes.flatMap((sizes, index) => {
    const { time_ns, line: number, requested_size, plugged_size } = sizes;
    const wish = wishRow(device, requested_size, autoOnline);
    if (wish === undefined) return [];
    const args = `device=${device.name}`;
    const plugged = index === 0 || plugged_size === undefined ? [] : [{ row: {
      time_ns, event: 'virtio_mem_plugged_size', nr_pages: pfnDown(plugged_size), args,
    } as const, line: number }];
    return [...plugged, { row: { time_ns, ...wish }, line: number }];
  }));
}

/**
 * Devices by QEMU's ids, in the order of the arguments: that of the PCI slots, in which the kernel
 * finds them.
 */
export function virtioMemIds(
  args: readonly string[], devices: ReadonlyMap<string, VirtioMemDevice>,
): ReadonlyMap<string, VirtioMemDevice> {
  const ids = args.flatMap((arg) => /^virtio-mem-pci,(?:.*,)?id=([^,]+)/.exec(arg)?.[1] ?? []);
  const found = [...devices.values()];
  return new Map(ids.flatMap((id, index) => {
    const device = found[index];
    return device === undefined ? [] : [[id, device] as const];
  }));
}

/** A step that asks a device for a size, and when it began, ns of the trace. */
export interface WishStep {
  readonly device: VirtioMemDevice;
  readonly requested_size: number;
  readonly from: number;
}

/** A size that a device was asked for. */
export interface Wish {
  readonly device: VirtioMemDevice;
  readonly requested_size: number;
  /** ns of the trace. */
  readonly time_ns: number;
  /** Of the log. */
  readonly line: number;
}

/** The steps that ask a device for a size; `span`: of a step, ns of the trace. */
export function wishSteps(
  steps: readonly Step[], devices: ReadonlyMap<string, VirtioMemDevice>,
  span: (step: Step) => Span | undefined,
): readonly WishStep[] {
  return steps.flatMap((step) => {
    const device = devices.get(String(step.id));
    const [from] = span(step) ?? [];
    if (step.action !== 'virtio-mem' || device === undefined || from === undefined) return [];
    return [{ device, requested_size: (step.requested_mb ?? 0) * 2 ** 20, from }];
  });
}

/** What devices were first asked for whose driver was loaded before `end_ns` of the trace. */
export function firstWishes(
  devices: Iterable<VirtioMemDevice>, clock: (log_ns: number) => number, end_ns: number,
  autoOnline: string | undefined,
): readonly Omit<TraceRow, 'time_ns'>[] {
  return [...devices].flatMap((device) => {
    const { time_ns = Infinity, requested_size = 0 } = device.first ?? {};
    return clock(time_ns) >= end_ns ? [] : wishRow(device, requested_size, autoOnline) ?? [];
  });
}

/**
 * What the log says that devices were asked for and no step says: by the hypervisor on its own, or
 * before the recorder loaded the driver. The first step that asks loads it where nobody has: then
 * all devices are asked for their first sizes in it.
 */
export function wishesBeside(
  devices: Iterable<VirtioMemDevice>, steps: readonly WishStep[], clock: (log_ns: number) => number,
  from_ns: number,
): readonly Wish[] {
  const [loads] = steps;
  return [...devices].flatMap((device) => {
    const left = steps.filter((step) => step.device.name === device.name);
    return device.sizes.flatMap(({ requested_size, time_ns: log_ns, line: number }, index) => {
      const time_ns = clock(log_ns);
      const wish = { device, requested_size, time_ns, line: number };
      const isFirst = index === 0 && loads?.device.name !== device.name;
      if (isFirst) return time_ns >= from_ns && time_ns < (loads?.from ?? Infinity) ? [wish] : [];
      // By their order: the log's clock can be seconds off. Steps that change nothing have none.
      const made = left.findIndex((step) => step.requested_size === requested_size);
      left.splice(0, made + 1);
      return made >= 0 || time_ns < from_ns ? [] : [wish];
    });
  });
}

/** Is the range in the region of a device? */
export function inRegion(
  devices: Iterable<VirtioMemDevice>, pfn: number, nr_pages: number,
): boolean {
  for (const { start = 0, size = 0 } of devices) {
    const first = pfnDown(start);
    if (pfn >= first && pfn + nr_pages <= first + pfnDown(size)) return true;
  }
  return false;
}

/** The row of a wish of the hypervisor; undefined when the log does not describe the device. */
export function wishRow(
  device: VirtioMemDevice, requested_size: number, autoOnline: string | undefined,
): Omit<TraceRow, 'time_ns'> | undefined {
  const { name, start, size, block_size, nid = 0 } = device;
  if (start === undefined || size === undefined || block_size === undefined) return undefined;
  const words = [`device=${name}`, `block_size=${hex(block_size)}`,
    `requested_size=${hex(requested_size)}`];
  if (autoOnline !== undefined) words.push(`auto_online=${autoOnline}`);
  return {
    event: 'virtio_mem_config_changed', nid, pfn: pfnDown(start), nr_pages: pfnDown(size),
    args: words.join(' '),
  };
}
