/**
 * Who does the work of a virtio-mem device, and when. The row of what the hypervisor asks for
 * stands where it was asked; the kernel queues the work, and a worker does it some time later,
 * while others go on. Where the trace has the worker's calls, they say how far it has come.
 */
import { onceFor } from '../../base/once.js';
import type { EventType } from '../../trace/event_type.js';
import { eventTypes } from '../../trace/events.js';
import type { Trace } from '../../trace/trace.js';
import { callsOfOthers } from '../calls.js';
import { pageblock_nr_pages } from '../../linux/include/mmzone.js';
import { FREE_ROW, isPageEvent, pageRowsOf } from './events.js';
import { rowWords } from '../../trace/row_words.js';

export interface DeviceWork {
  /** The worker: `kworker/0:1-11`. */
  readonly task: string;
  /** The first row of its first call for the device, and the last one of its last call. */
  readonly first: number;
  readonly last: number;
}

/** What a device was asked for last. */
interface Request {
  readonly row: number;
  readonly start: number;
  readonly end: number;
}

const WORKER = /^kworker\//;

/** By the row of the request; requests that no worker was seen to act on are not there. */
export const deviceWorkOf = onceFor((trace: Trace): ReadonlyMap<number, DeviceWork> => {
  const found = new Map<number, DeviceWork>();
  const requests = new Map<string, Request>();
  /** By worker: its call that is under way, and the request that it is for. */
  const open = new Map<string, { readonly event: string; readonly row: number }>();
  for (const row of pageRowsOf(trace).others) {
    const event = trace.event(row);
    if (event === 'virtio_mem_config_changed') {
      const start = trace.pfn(row);
      const { device = '' } = rowWords(trace, row, event);
      requests.set(device, { row, start, end: start + trace.nr_pages(row) });
    }
    const type: EventType = eventTypes[event];
    if (requests.size === 0 || type.sleeps !== true) continue;
    const task = trace.task(row);
    if (!WORKER.test(task)) continue;
    const call = open.get(task);
    if (call !== undefined) {
      if (trace.phase(row) !== 'E' || event !== call.event) continue;
      open.delete(task);
      const work = found.get(call.row);
      if (work?.task === task) found.set(call.row, { ...work, last: row });
    } else if (trace.phase(row) === 'B') {
      const pfn = trace.pfn(row);
      const request = [...requests.values()].find(({ start, end }) => pfn >= start && pfn < end);
      if (request === undefined) continue;
      open.set(task, { event, row: request.row });
      if (!found.has(request.row)) found.set(request.row, { task, first: row, last: row });
    }
  }
  for (const [row, work] of givenBack(trace)) if (!found.has(row)) found.set(row, work);
  return found;
});

/**
 * Requests that make the worker do nothing but give pages back that it had taken, one by one
 * (free_contig_range() of whole pageblocks): no call of it has a row.
 */
function givenBack(trace: Trace): ReadonlyMap<number, DeviceWork> {
  const found = new Map<number, DeviceWork>();
  const asked = pageRowsOf(trace).others
    .filter((row) => trace.event(row) === 'virtio_mem_config_changed');
  const { event, task, pfn, order } = trace.columns;
  for (const request of asked) {
    const [start, end] = [trace.pfn(request), trace.pfn(request) + trace.nr_pages(request)];
    let run = { task: -1, first: 0, row: 0, next: -1 };
    for (let row = request + 1; row < trace.length; row += 1) {
      const code = event.get(row);
      if (isPageEvent[code] !== 1) {
        if (trace.event(row) === 'virtio_mem_config_changed' && trace.pfn(row) === start) break;
        continue;
      }
      const page = pfn.get(row);
      if (code !== FREE_ROW || order.get(row) !== 0 || page < start || page >= end) continue;
      if (page === run.next && task.get(row) === run.task) {
        run.next += 1;
        if (run.next - run.first < pageblock_nr_pages) continue;
        const name = trace.task(row);
        const first = found.get(request)?.first ?? run.row;
        if (WORKER.test(name)) found.set(request, { task: name, first, last: row });
      } else if (page % pageblock_nr_pages === 0) {
        run = { task: task.get(row), first: page, row, next: page + 1 };
      }
    }
  }
  return found;
}

/**
 * Work that others' calls come in between of, from the request on: at the level of calls all other
 * work is done at the row of its request.
 */
export const pacedWorkOf = onceFor((trace: Trace): ReadonlyMap<number, DeviceWork> => {
  const all = [...deviceWorkOf(trace)];
  const calls = [...callsOfOthers(trace).values()].filter(({ auto }) => !auto);
  return new Map(all.filter(([begin, { task, last }]) => {
    const isWithin = (row: number): boolean => row > begin && row < last;
    return all.some(([other, work]) => other !== begin && work.last > begin && other < last) ||
      calls.some(({ row }) => isWithin(row) && trace.task(row) !== task);
  }));
});

/** The row's task does the work of a device, in the replay too. */
export function isDeviceWork(trace: Trace, row: number): boolean {
  const task = trace.task(row);
  for (const work of deviceWorkOf(trace).values()) {
    if (work.task === task && row >= work.first && row <= work.last) return true;
  }
  return false;
}
