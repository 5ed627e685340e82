/**
 * The race of the per-cpu lists as a trace: 8 CPUs, a movable zone of eight memory blocks, every
 * CPU with 20 pages of other blocks on its list. Tasks free one page of the last pageblock of the
 * first block each, on a CPU of their own, while that block goes offline.
 */
import { traceOf } from '../trace/build.js';
import type { Trace, TraceRow } from '../trace/trace.js';

const FIRST_PFN = 0x240000;
const PAGES_PER_BLOCK = 32768;
const BLOCKS = 8;
/** What an empty list of a zone of this size asks for. */
const BATCH = 63;
const KEPT = 20;

export interface RaceOptions {
  /** Tasks that free, at most one less than CPUs. */
  readonly tasks: number;
  readonly kernel: string;
  readonly cpus?: number;
}

/** Pfn of the page that a task (from 1) frees: all in the last pageblock of the block. */
export function racePage(task: number): number {
  return FIRST_PFN + PAGES_PER_BLOCK - 512 + 16 * task;
}

function setupRows(cpus: number): TraceRow[] {
  const rows: TraceRow[] = [
    { time_ns: 0, event: 'e820', args: 'start=0x0 end=0x9fc00 type=usable' },
    { time_ns: 0, event: 'e820', args: 'start=0x100000 end=0x80000000 type=usable' },
    { time_ns: 0, event: 'e820', args: 'start=0x100000000 end=0x180000000 type=usable' },
  ];
  for (let cpu = 0; cpu < cpus; cpu += 1) {
    rows.push({ time_ns: 0, event: 'srat_cpu', nid: 0, args: `cpu=${cpu}` });
  }
  return rows;
}

/** The DIMM comes and goes online, the block that will go offline last. */
function onlineRows(): TraceRow[] {
  const rows: TraceRow[] = [{
    time_ns: 1e9, event: 'add_memory', nid: 0, pfn: FIRST_PFN, nr_pages: BLOCKS * PAGES_PER_BLOCK,
  }];
  for (let block = 1; block <= BLOCKS; block += 1) {
    const pfn = FIRST_PFN + (block % BLOCKS) * PAGES_PER_BLOCK;
    const time_ns = 1e9 + block * 1e6;
    rows.push({ time_ns, event: 'online_movable', pfn, nr_pages: PAGES_PER_BLOCK });
  }
  return rows;
}

/** Every CPU takes a batch, a task's page first, and gives back some pages of other blocks. */
function fillRows(cpus: number, pageOf: (cpu: number) => number | undefined): TraceRow[] {
  const rows: TraceRow[] = [];
  let next = FIRST_PFN + PAGES_PER_BLOCK;
  for (let cpu = 0; cpu < cpus; cpu += 1) {
    const page = pageOf(cpu);
    const taken = page === undefined ? [] : [page];
    for (let i = taken.length; i < BATCH; i += 1) taken.push(next++);
    const task = `fill-${cpu}`;
    for (const pfn of taken) {
      rows.push({
        time_ns: 2e9 + cpu * 1e6, cpu, task, event: 'mm_page_alloc', pfn, order: 0, migratetype: 1,
        args: 'gfp_flags=GFP_HIGHUSER_MOVABLE',
      });
    }
    for (const pfn of taken.slice(-KEPT)) {
      rows.push({ time_ns: 2e9 + cpu * 1e6, cpu, task, event: 'mm_page_free', pfn, order: 0 });
    }
  }
  return rows;
}

/** Everything before the race. */
export function raceSetup(
  cpus: number, pageOf: (cpu: number) => number | undefined,
): TraceRow[] {
  return [...setupRows(cpus), ...onlineRows(), ...fillRows(cpus, pageOf)];
}

export function offlineRow(time_ns: number): TraceRow {
  return {
    time_ns, cpu: 0, task: 'offliner', event: 'offline', pfn: FIRST_PFN, nr_pages: PAGES_PER_BLOCK,
  };
}

/** The race with `tasks` freeing tasks. */
export function raceTrace(options: RaceOptions): Trace {
  const cpus = options.cpus ?? Math.max(8, options.tasks + 1);
  const pageOf = (cpu: number): number | undefined =>
    cpu >= 1 && cpu <= options.tasks ? racePage(cpu) : undefined;
  const rows = raceSetup(cpus, pageOf);
  rows.push(offlineRow(3e9));
  for (let task = 1; task <= options.tasks; task += 1) {
    rows.push({
      time_ns: 3e9 + task, cpu: task, task: `free-${task}`, event: 'mm_page_free',
      pfn: racePage(task), order: 0,
    });
  }
  return traceOf(rows, { kernel: options.kernel, cpus, question: 'offline_pcp' });
}
