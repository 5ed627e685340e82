/**
 * What the log tells of memory that came and went after the boot. Lines that name their range tell
 * of a call as it was; the others say that there was one, and are counted by kind.
 */
import { own } from '../../../base/own.js';
import { PAGE_SIZE, pfnDown } from '../../../base/pfn.js';
import type { TraceRow } from '../../trace.js';

export type HotplugCall = Pick<TraceRow, 'event' | 'pfn' | 'nr_pages' | 'ret'> & {
  /** Bytes: where it lies. */
  readonly start: number;
  readonly end: number;
  /** It failed because of a page that cannot be moved. */
  readonly isRefused?: true;
  /** It ended because of a signal. */
  readonly isSignalled?: true;
  /** It is about memory that was not there before. */
  readonly isNew?: true;
};

export interface HotplugLine {
  /** As it is counted. */
  readonly kind: string;
  readonly time_ns: number;
  readonly line: number;
  readonly isOfDevice?: true;
  /** The call, when its range is known. */
  readonly call?: HotplugCall;
  /** `0x580000000-0x5ffffffff memory add failed`: what a line says of a range that it names. */
  readonly range?: string;
}

interface Kind {
  readonly kind: string;
  readonly pattern: RegExp;
  /** A device's own lines, of which inputs are made where its memory is known. */
  readonly isOfDevice?: true;
  call?(match: RegExpExecArray): HotplugCall | undefined;
}

const EINTR = -4;
const EBUSY = -16;
export const EEXIST = -17;
const EINVAL = -22;

/** Results that follow from the reason; others depend on who refused. */
const reasons: Readonly<Record<string, number>> = {
  'failure to isolate range': EBUSY, 'unmovable page': EBUSY, 'signal backoff': EINTR,
  'memory holes': EINVAL, multizonespan: EINVAL,
};

function rangeOf(
  event: HotplugCall['event'], start: number, end: number, ret: number | undefined,
): HotplugCall | undefined {
  if (!(start < end) || start % PAGE_SIZE !== 0 || end % PAGE_SIZE !== 0) return undefined;
  return {
    event, pfn: pfnDown(start), nr_pages: pfnDown(end - start), start, end,
    ...(ret === undefined ? {} : { ret }),
  };
}

const kinds: readonly Kind[] = [
  {
    kind: 'offline failed',
    pattern: /^memory offlining \[mem (0x[0-9a-f]+)-(0x[0-9a-f]+)\] failed(?: due to (.*))?/,
    call([, start, last, reason = '']) {
      const ret = own(reasons, reason.trim());
      const call = rangeOf('offline', Number(start), Number(last) + 1, ret);
      if (call === undefined) return undefined;
      return {
        ...call, ...(ret === EBUSY ? { isRefused: true } : {}),
        ...(ret === EINTR ? { isSignalled: true } : {}),
      };
    },
  },
  { kind: 'offlined', pattern: /^Offlined Pages \d+/ },
  { kind: 'removal failed', pattern: /^memory memory\d+: Offline failed/ },
  {
    kind: 'add failed',
    pattern: new RegExp(String.raw`^Block size \[0x[0-9a-f]+\] unaligned hotplug range: `
      + 'start (0x[0-9a-f]+), size (0x[0-9a-f]+)'),
    call: ([, start, size]) => added(Number(start), Number(start) + Number(size), EINVAL),
  },
  {
    kind: 'add failed',
    pattern: /^System RAM resource \[mem (0x[0-9a-f]+)-(0x[0-9a-f]+)[^\]]*\] cannot be added/,
    call: ([, start, last]) => added(Number(start), Number(last) + 1, EEXIST),
  },
  {
    // register_memory_resource(), up to 5.6 and since; pr_debug() prints it when it is asked to.
    kind: 'add failed',
    pattern: /^Unable to reserve System RAM region: ([0-9a-f]{16})->([0-9a-f]{16})/,
    call: ([, start, end]) => added(parseInt(start ?? '', 16), parseInt(end ?? '', 16), EEXIST),
  },
  { kind: 'add failed', pattern: /^acpi PNP0C80:\w+: add_memory failed/ },
  { kind: 'add failed',
    pattern: /^(Hotplug memory \[.* exceeds maximum addressable|memory add fail, invalid altmap)/ },
  { kind: 'ACPI memory device', pattern: /^acpi PNP0C80:\w+: / },
  {
    kind: 'added', pattern: /^init_memory_mapping: \[mem (0x[0-9a-f]+)-(0x[0-9a-f]+)\]/,
    call: ([, start, last]) => added(Number(start), Number(last) + 1, undefined),
  },
  { kind: 'zonelists built again', pattern: /^Built \d+ zonelists/ },
  { kind: 'removal failed', pattern: /^removing memory fails, because memory / },
  { kind: 'removal failed', pattern: /^\w+: Failed to re-online memory: / },
  { kind: 'online failed', pattern: /^online_pages \[mem .*\] failed|^memory_block onlining / },
  { kind: 'hv_balloon',
    pattern: /^hv_balloon: .*(hot[- _]add|failed|balloon(ed|ing)? |^Online |discard)/i },
  { kind: 'xen balloon', pattern: /^xen[:_-]balloon: |^xen_balloon: / },
  { kind: 'virtio_mem',
    pattern: new RegExp('^virtio_mem virtio\\d+: (?:.*(?:adding|removing|plugging) (?:all )?memory|'
      + '.*(?:denied|failed|broken)|device still has|Some device memory is not)') },
  { kind: 'virtio_mem size', isOfDevice: true,
    pattern: /^virtio_mem virtio\d+: (?:plugged|requested) size: / },
  { kind: 'dax/kmem',
    pattern: /^(?:kmem|device_dax|dax_\w+|dax) dax[\d.]+: |^kmem: probe of dax/ },
  { kind: 'CXL', pattern: /^cxl(?:_\w+)? \S+: / },
  // A notifier refused, before the call that asked for it failed.
  { kind: 'add refused', pattern: /^(?:virt\/)?tdx: Unable to add memory / },
  { kind: 'dax/kmem', pattern: /^hmem range \[mem |^hmem_platform \S+: / },
  { kind: 'pmem', pattern: /^(?:nd_pmem|nfit|nd_region) \S+: / },
  { kind: 'page isolation or migration failed',
    pattern: /^(migrating pfn \w+ failed|failed to isolate pfn )/ },
  { kind: 'memmap without memory', pattern: /vmemmap alloc failure: order:\d+/ },
  { kind: 'page taken out of use', pattern: /^(Soft offlining pfn |Memory failure: 0x)/ },
];

/** Ranges as drivers print them: with their last byte, or with their end. */
const range = new RegExp('(?:mapping\\d+: |\\[mem |\\[|range )'
  + '(0x[0-9a-f]+(?:-|, ?)0x[0-9a-f]+)[\\])]?(?: flags 0x[0-9a-f]+\\])? ?(.{0,60})');

/** The range of a line, and what the line says of it. */
function rangeText(text: string): string | undefined {
  const [, where, said = ''] = range.exec(text) ?? [];
  return where === undefined ? undefined : `${where} ${said}`.trim();
}

const rangeOfCall = ({ start, end }: HotplugCall): string =>
  `0x${start.toString(16)}-0x${(end - 1).toString(16)}`;

function added(start: number, end: number, ret: number | undefined): HotplugCall | undefined {
  const call = rangeOf('add_memory', start, end, ret);
  return call === undefined ? undefined : { ...call, isNew: true };
}

/** What dynamic debug puts before its lines: module, function and line, or the function alone. */
const debugged = /^(?:\w+:\w+:\d+: |\w+: (?=(?:cxl|hmem|kmem|dax)[\w.]* ))/;

/** What a line after the boot tells; undefined: nothing of memory that comes or goes. */
export function hotplugLine(said: string, time_ns: number, line: number): HotplugLine | undefined {
  const text = said.replace(debugged, '');
  for (const { kind, pattern, isOfDevice, call: callOf } of kinds) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const call = callOf?.(match);
    const where = rangeText(text) ?? (call === undefined ? undefined : rangeOfCall(call));
    return {
      kind, time_ns, line, ...(call === undefined ? {} : { call }),
      ...(where === undefined ? {} : { range: where }),
      ...(isOfDevice === undefined ? {} : { isOfDevice }),
    };
  }
  return undefined;
}
