/** Input rows for any machine: what drivers, the firmware and users do to its memory. */
import { PAGE_SIZE } from '../../base/pfn.js';
import type { Random } from '../../base/random.js';
import type { TraceRow } from '../../trace/trace.js';
import type { Family } from '../guide.js';
import { PAGEBLOCK, pfnIn, SECTION } from './edges.js';
import type { RawMachine } from './raw_machine.js';
import { parameterWrite } from './parameters.js';

type Made = Omit<TraceRow, 'time_ns'>;

const SECOND = 1e9;
const onlineEvents = ['online', 'online', 'online_kernel', 'online_movable'] as const;
const gfps = [
  'GFP_KERNEL', 'GFP_HIGHUSER_MOVABLE', 'GFP_KERNEL+__GFP_THISNODE',
  'GFP_HIGHUSER_MOVABLE+__GFP_THISNODE',
] as const;
const zones = ['DMA', 'DMA32', 'Normal', 'Movable'] as const;
/** Preemption points of calls that take memory on- or offline. */
const holdPoints = [
  'memory_notify', 'mem_hotplug_begin', 'migrate_pages', 'set_migratetype_isolate',
  'zone_pcp_disable', 'drain_all_pages', 'lru_add_drain_all', 'arch_add_memory',
  'undo_isolate_page_range', 'remove_memory_block_devices', 'do_migrate_range', 'cond_resched',
] as const;

/** A range of pages that was plugged in or mapped. */
interface Plugged { readonly pfn: number; readonly nr_pages: number; readonly nid: number }

/** Makes one input after the other, and remembers what is there. */
export class EventMaker {
  readonly #random: Random;
  readonly #machine: RawMachine;
  /** Pages of a memory block. */
  readonly #block: number;
  readonly #plugged: Plugged[] = [];
  readonly #mapped: Plugged[] = [];
  #next: number;
  #time = 0;
  #error: string | undefined;
  #held: string | undefined;
  #tasks = 0;

  constructor(random: Random, machine: RawMachine) {
    this.#random = random;
    this.#machine = machine;
    this.#block = machine.block_size / PAGE_SIZE;
    this.#next = machine.free_pfn;
  }

  /** A step of this kind, one row or a few. */
  make(family: Family): readonly TraceRow[] {
    return this.#rows(family).map((row) => ({ time_ns: this.#time += SECOND, ...row }));
  }

  /** What is held goes on; nothing else is left to do. */
  end(): readonly TraceRow[] {
    const task = this.#held;
    if (task === undefined) return [];
    this.#held = undefined;
    return [{ time_ns: this.#time += SECOND, event: 'unhold', task: 'lab', args: `task=${task}` }];
  }

  #rows(family: Family): readonly Made[] {
    const random = this.#random;
    switch (family) {
      case 'add_memory': return this.#add();
      case 'remove_memory': return this.#remove();
      case 'online': return this.#online();
      case 'offline': return [this.#call('offline', this.#anyBlock())];
      case 'notifier_error': return this.#notifierError();
      case 'callback': return this.#callback();
      case 'free_reserved_page': return this.#release();
      case 'balloon': return [{
        event: 'adjust_managed_page_count', nid: this.#nid(), zone: random.pick(zones),
        nr_pages: random.pick([-32768, -4096, -512, -1, 512, 32768]),
      }];
      case 'memremap_pages': return this.#map();
      case 'memunmap_pages': return this.#unmap();
      case 'write_parameter': return [parameterWrite(random)];
      case 'cpu': return this.#cpu();
      case 'compact_zone': return [{
        event: 'compact_zone', nid: this.#nid(), zone: random.pick(zones),
        order: random.pick([0, 1, 9]), pfn: this.#anyPfn(),
      }];
      case 'read_kpageflags': return this.#readRange('read_kpageflags');
      case 'read_valid_zones': return [this.#blockRow('read_valid_zones', this.#anyBlock())];
      case 'alloc_pages': return this.#alloc();
      case 'alloc_contig_pages': return this.#contig();
      case 'page_error': return [{
        event: random.pick(['soft_offline_page', 'memory_failure'] as const),
        pfn: this.#anyPfn(),
      }];
      case 'huge_pages': return this.#huge();
      case 'hold': return this.#hold();
    }
  }

  #nid(): number {
    return this.#random.between(0, this.#machine.nodes - 1);
  }

  /** A place for so many blocks: behind all others, now and then with a gap. */
  #place(blocks: number): number {
    const gap = this.#random.oneIn(4) ? this.#random.between(1, 3) : 0;
    const pfn = this.#next + gap * this.#block;
    this.#next = pfn + blocks * this.#block;
    return pfn;
  }

  #add(): readonly Made[] {
    const random = this.#random;
    const blocks = random.pick([1, 1, 2, 2, 3, 4]);
    // What was taken out can come back in its place, on another node, too.
    const pfn = this.#place(blocks);
    const nid = random.oneIn(2) ? this.#machine.nodes - 1 : this.#nid();
    const range = { pfn, nr_pages: blocks * this.#block, nid };
    this.#plugged.push(range);
    const online = random.oneIn(2)
      ? this.#blocksOf(range).map((block) => this.#call(random.pick(onlineEvents), block)) : [];
    return [{ event: 'add_memory', ...range }, ...online];
  }

  #remove(): readonly Made[] {
    const random = this.#random;
    const range = random.pick(this.#plugged);
    if (range === undefined) return this.#add();
    this.#plugged.splice(this.#plugged.indexOf(range), 1);
    const { pfn, nr_pages, nid } = range;
    const offline = random.oneIn(3) ? []
      : this.#blocksOf(range).map((block) => this.#call('offline', block));
    const order = random.oneIn(2) ? offline : [...offline].reverse();
    const said = random.oneIn(4) ? { nid: random.oneIn(2) ? nid : this.#nid() } : {};
    return [...order, { event: 'remove_memory', pfn, nr_pages, ...said }];
  }

  #blocksOf({ pfn, nr_pages }: Plugged): number[] {
    const first = Math.floor(pfn / this.#block);
    return Array.from({ length: nr_pages / this.#block }, (_, index) => first + index);
  }

  /** A block that was plugged in, as a rule; else one of the boot, the first or last of a range. */
  #anyBlock(): number {
    const random = this.#random;
    const range = random.oneIn(5) ? undefined : random.pick(this.#plugged);
    if (range !== undefined) return random.pick(this.#blocksOf(range)) ?? 0;
    const { start_pfn, end_pfn } = random.pick(this.#machine.memory) ??
      { start_pfn: 0, end_pfn: 1 };
    return Math.floor(pfnIn(random, start_pfn, end_pfn) / this.#block);
  }

  #blockRow(event: Made['event'], block: number): Made {
    return { event, pfn: block * this.#block, nr_pages: this.#block };
  }

  /** By a task of its own, which something else can run beside. */
  #call(event: Made['event'], block: number): Made {
    this.#tasks += 1;
    return { task: `${event}-${this.#tasks}`, cpu: 0, ...this.#blockRow(event, block) };
  }

  #online(): readonly Made[] {
    const random = this.#random;
    const range = random.pick(this.#plugged);
    if (range === undefined) return this.#add();
    if (random.oneIn(2)) return [this.#call(random.pick(onlineEvents), this.#anyBlock())];
    const event = random.pick(onlineEvents);
    const blocks = this.#blocksOf(range);
    const order = random.oneIn(2) ? blocks : [...blocks].reverse();
    return order.map((block) => this.#call(event, block));
  }

  #notifierError(): readonly Made[] {
    const random = this.#random;
    const action = this.#error ?? random.pick(['MEM_GOING_ONLINE', 'MEM_GOING_OFFLINE']);
    const ret = this.#error === undefined ? random.pick([-12, -16]) : 0;
    const met = ret === 0 ? [] : [this.#call(
      action === 'MEM_GOING_ONLINE' ? random.pick(onlineEvents) : 'offline', this.#anyBlock())];
    this.#error = ret === 0 ? undefined : action;
    return [{ event: 'notifier_error', ret, args: `action=${action}` }, ...met];
  }

  /** A balloon driver gets what goes online from here on; of the next range it backs a part. */
  #callback(): readonly Made[] {
    const random = this.#random;
    if (random.oneIn(4)) return [{ event: 'restore_online_page_callback' }];
    const driver = random.pick(['xen', 'xen', 'hyperv']);
    const backed = driver === 'hyperv'
      ? { pfn: this.#next, nr_pages: random.pick([0, PAGEBLOCK, 8192, this.#block]) } : {};
    return [
      { event: 'set_online_page_callback', ...backed, args: `driver=${driver}` },
      ...(random.oneIn(2) ? this.#add() : []),
    ];
  }

  #release(): readonly Made[] {
    const range = this.#random.pick(this.#plugged);
    if (range === undefined) return this.#callback();
    const nr_pages = this.#random.pick([1, PAGEBLOCK, 4096, 24576]);
    const end = range.pfn + range.nr_pages;
    const pfn = Math.min(pfnIn(this.#random, range.pfn, end), end - nr_pages);
    return [{ event: 'free_reserved_page', pfn, nr_pages }];
  }

  #map(): readonly Made[] {
    const random = this.#random;
    const pfn = this.#place(1 + Math.ceil(2 * SECTION / this.#block));
    const nr_pages = random.pick([PAGEBLOCK, SECTION, 2 * SECTION, SECTION - PAGEBLOCK]);
    const range = { pfn, nr_pages, nid: this.#nid() };
    this.#mapped.push(range);
    return [{ event: 'memremap_pages', ...range }];
  }

  #unmap(): readonly Made[] {
    const range = this.#random.pick(this.#mapped);
    if (range === undefined) return this.#map();
    this.#mapped.splice(this.#mapped.indexOf(range), 1);
    return [{ event: 'memunmap_pages', ...range }];
  }

  #cpu(): readonly Made[] {
    const { cpus } = this.#machine;
    const cpu = this.#random.between(0, cpus);
    if (cpu === cpus) {
      return [{ event: 'cpu_online', nid: this.#nid(), args: `cpu=${cpu}` }];
    }
    const event = this.#random.pick(['cpu_offline', 'cpu_remove', 'cpu_online'] as const);
    return cpu === 0 ? this.#add() : [{ event, nid: this.#nid(), args: `cpu=${cpu}` }];
  }

  #anyPfn(): number {
    const range = this.#random.pick([
      ...this.#plugged.map(({ pfn, nr_pages }) => ({ start_pfn: pfn, end_pfn: pfn + nr_pages })),
      ...this.#machine.memory,
    ]) ?? { start_pfn: 0, end_pfn: 1 };
    // The page behind a range is the first of a hole.
    return this.#random.oneIn(4) ? range.end_pfn
      : pfnIn(this.#random, range.start_pfn, range.end_pfn);
  }

  #readRange(event: 'read_kpageflags'): readonly Made[] {
    const nr_pages = this.#random.pick([1, PAGEBLOCK, 4096, SECTION]);
    return [{ event, pfn: Math.max(0, this.#anyPfn() - (nr_pages >> 1)), nr_pages }];
  }

  #alloc(): readonly Made[] {
    const random = this.#random;
    if (random.oneIn(5)) return [{ event: 'free_pages' }];
    const nr_pages = random.pick([1, 100, 2000]);
    return [{
      event: 'alloc_pages', nid: this.#nid(), nr_pages, order: random.pick([0, 0, 0, 9]),
      args: `gfp=${random.pick(gfps)}`,
    }];
  }

  #contig(): readonly Made[] {
    const pfn = Math.floor(this.#anyPfn() / PAGEBLOCK) * PAGEBLOCK;
    const nr_pages = PAGEBLOCK * this.#random.pick([1, 1, 2, 4]);
    const free = this.#random.oneIn(2) ? [{ event: 'free_contig_range', pfn, nr_pages } as const]
      : [];
    return [{ event: 'alloc_contig_pages', task: 'contig', cpu: 0, pfn, nr_pages }, ...free];
  }

  #huge(): readonly Made[] {
    const random = this.#random;
    const [nid, cpu] = [this.#nid(), 0];
    const value = random.pick([1, 4, 20, 0]);
    const file = '/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages';
    return random.pick<() => readonly Made[]>([
      () => [{ event: 'write_parameter', cpu, args: `file=${file} value=${value}` }],
      () => [{ event: 'hugetlb_no_page', cpu, nid, nr_pages: random.between(1, 3) }],
      () => [{ event: 'free_huge_folio', cpu, nr_pages: 1 }],
      () => [{ event: 'hugetlb_acct_memory', cpu, nid, nr_pages: random.between(1, 3) }],
    ])();
  }

  /** A call stops at a preemption point; something else runs; it goes on later. */
  #hold(): readonly Made[] {
    const random = this.#random;
    if (this.#held !== undefined) {
      const task = this.#held;
      this.#held = undefined;
      return [{ event: 'unhold', task: 'lab', args: `task=${task}` }];
    }
    const held = this.#call(
      random.pick(['offline', 'online', 'online_movable'] as const), this.#anyBlock());
    this.#held = held.task;
    const nth = random.pick([1, 1, 1, 2, 8]);
    const at = random.pick(holdPoints);
    return [{
      event: 'hold', task: 'lab', args: `at=${at} task=${held.task}${nth > 1 ? ` nth=${nth}` : ''}`,
    }, held];
  }
}
