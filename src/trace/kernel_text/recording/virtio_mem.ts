/** virtio-mem devices: what their driver printed, and rows of what the hypervisor asked for. */
import { pfnDown } from '../../../base/pfn.js';
import type { TraceRow } from '../../trace.js';

/** A device as its driver printed it; every number may be missing in a log that is cut. */
export interface VirtioMemDevice {
  /** `virtio0`. */
  readonly name: string;
  /** Bytes. */
  start?: number;
  size?: number;
  block_size?: number;
  nid?: number;
  /** The size that the driver first read, and when it printed it, ns of the log. */
  first?: { readonly time_ns: number; readonly requested_size: number };
}

const line = /^virtio_mem (\w+): ([a-z ]+): (0x[0-9a-f]+|\d+)$/;

/** Takes a line of the log, if it is one of the driver, into the devices. */
export function readVirtioMemLine(
  devices: Map<string, VirtioMemDevice>, text: string, time_ns: number,
): void {
  const [, name = '', key, number] = line.exec(text) ?? [];
  if (key === undefined) return;
  const device = devices.get(name) ?? { name };
  devices.set(name, device);
  const value = Number(number);
  if (key === 'start address') device.start = value;
  else if (key === 'region size') device.size = value;
  else if (key === 'device block size') device.block_size = value;
  else if (key === 'nid') device.nid = value;
  else if (key === 'requested size') device.first ??= { time_ns, requested_size: value };
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
  const words = [`device=${name}`, `block_size=0x${block_size.toString(16)}`,
    `requested_size=0x${requested_size.toString(16)}`];
  if (autoOnline !== undefined) words.push(`auto_online=${autoOnline}`);
  return {
    event: 'virtio_mem_config_changed', nid, pfn: pfnDown(start), nr_pages: pfnDown(size),
    args: words.join(' '),
  };
}
