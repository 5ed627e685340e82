/** Input rows for any machine: what drivers, the firmware and users do to its memory. */
import type { Random } from '../../base/random.js';
import type { TraceRow } from '../../trace/trace.js';
import { ENOMEM } from '../../linux/include/errno.js';
import type { Fallible } from '../fallible.js';
import type { Family } from '../guide.js';
import { DriverMaker } from './drivers.js';
import { PAGEBLOCK, pfnIn, SECTION } from './edges.js';
import { hugePages } from './huge_pages.js';
import { parameterWrite } from './parameters.js';
import { Places, type Plugged } from './places.js';
import type { RawMachine } from './raw_machine.js';

type Made = Omit<TraceRow, 'time_ns'>;

const SECOND = 1e9;
const onlineEvents = ['online', 'online', 'online_kernel', 'online_movable'] as const;
const gfps = [
  'GFP_KERNEL', 'GFP_HIGHUSER_MOVABLE', 'GFP_KERNEL+__GFP_THISNODE',
  'GFP_HIGHUSER_MOVABLE+__GFP_THISNODE',
] as const;
const zones = ['DMA', 'DMA32', 'Normal', 'Movable'] as const;
/** Reading it does something. */
const READ_PARAMETER = '/proc/sys/vm/lowmem_reserve_ratio';
/** Preemption points of calls that take memory on- or offline. */
const holdPoints = [
  'memory_notify', 'mem_hotplug_begin', 'migrate_pages', 'set_migratetype_isolate',
  'zone_pcp_disable', 'drain_all_pages', 'lru_add_drain_all', 'arch_add_memory',
  'undo_isolate_page_range', 'remove_memory_block_devices', 'do_migrate_range', 'cond_resched',
] as const;

/** Makes one input after the other, and remembers what is there. */
export class EventMaker {
  readonly #random: Random;
  readonly #machine: RawMachine;
  readonly #places: Places;
  readonly #drivers: DriverMaker;
  /** Functions that can be made to fail, with errors of theirs. */
  readonly #fallible: readonly Fallible[];
  readonly #mapped: Plugged[] = [];
  /** What ACPI has added, and can take out: not what a driver brought. */
  readonly #dimms: Plugged[] = [];
  #time = 0;
  #error: string | undefined;
  #held: string | undefined;
  #tasks = 0;

  constructor(random: Random, machine: RawMachine, fallible: readonly Fallible[]) {
    this.#random = random;
    this.#machine = machine;
    this.#fallible = fallible;
    this.#places = new Places(random, machine);
    this.#drivers = new DriverMaker(random, machine, this.#places);
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
      case 'offline': return [this.#call('offline', this.#places.anyBlock())];
      case 'notifier_error': return this.#notifierError();
      case 'callback': return this.#callback();
      case 'free_reserved_page': return this.#release();
      case 'balloon': return [{
        event: 'adjust_managed_page_count', nid: this.#places.nid(), zone: random.pick(zones),
        nr_pages: random.pick([-32768, -4096, -512, -1, 512, 32768]),
      }];
      case 'memremap_pages': return this.#map();
      case 'memunmap_pages': return this.#unmap();
      case 'write_parameter': return [parameterWrite(random)];
      case 'cpu': return this.#cpu();
      case 'compact_zone': return [{
        event: 'compact_zone', nid: this.#places.nid(), zone: random.pick(zones),
        order: random.pick([0, 1, 9]), pfn: this.#places.anyPfn(),
      }];
      case 'read_kpageflags': return this.#readRange('read_kpageflags');
      case 'read_valid_zones': return [this.#blockRow('read_valid_zones', this.#places.anyBlock())];
      case 'alloc_pages': return this.#alloc();
      case 'alloc_contig_pages': return this.#contig();
      case 'page_error': return [{
        event: random.pick(['soft_offline_page', 'memory_failure'] as const),
        pfn: this.#places.anyPfn(),
      }];
      case 'huge_pages': return hugePages(random, this.#places);
      case 'hold': return this.#hold();
      case 'dax_kmem': return this.#drivers.dax();
      case 'virtio_mem': return this.#drivers.virtioMem();
      case 'managed_memory': return this.#drivers.managed();
      case 'xen_balloon': return this.#drivers.xenBalloon();
      case 'fail_function': return this.#fail();
      case 'read_parameter': return [{ event: 'read_parameter', args: `file=${READ_PARAMETER}` }];
    }
  }

  #add(nid = this.#places.hotplugNid()): readonly Made[] {
    const random = this.#random;
    const blocks = random.pick([1, 1, 2, 2, 3, 4]);
    // What was taken out can come back in its place, on another node, too.
    const pfn = this.#places.take(blocks);
    const range = { pfn, nr_pages: blocks * this.#places.block, nid };
    this.#places.plugged.push(range);
    this.#dimms.push(range);
    const online = random.oneIn(2)
      ? this.#places.blocksOf(range).map((block) =>
        this.#call(random.pick(onlineEvents), block)) : [];
    return [{ event: 'add_memory', ...range }, ...online];
  }

  #remove(): readonly Made[] {
    const random = this.#random;
    // One goes of two that its node has.
    const node = random.oneIn(4) ? this.#places.hotplugNid() : undefined;
    const made = node === undefined ? [] : [...this.#add(node), ...this.#add(node)];
    const range = node === undefined ? random.pick(this.#dimms) : this.#dimms.at(-2);
    if (range === undefined) return this.#add();
    this.#dimms.splice(this.#dimms.indexOf(range), 1);
    this.#places.plugged.splice(this.#places.plugged.indexOf(range), 1);
    const { pfn, nr_pages, nid } = range;
    const offline = random.oneIn(3) ? []
      : this.#places.blocksOf(range).map((block) => this.#call('offline', block));
    const order = random.oneIn(2) ? offline : [...offline].reverse();
    const said = random.oneIn(4) ? { nid: random.oneIn(2) ? nid : this.#places.nid() } : {};
    return [...made, ...order, { event: 'remove_memory', pfn, nr_pages, ...said }];
  }

  #blockRow(event: Made['event'], block: number): Made {
    return { event, pfn: block * this.#places.block, nr_pages: this.#places.block };
  }

  /** By a task of its own, which something else can run beside. */
  #call(event: Made['event'], block: number): Made {
    this.#tasks += 1;
    return { task: `${event}-${this.#tasks}`, cpu: 0, ...this.#blockRow(event, block) };
  }

  #online(): readonly Made[] {
    const random = this.#random;
    const range = random.pick(this.#places.plugged);
    if (range === undefined) return this.#add();
    if (random.oneIn(2)) {
      return [this.#call(random.pick(onlineEvents), this.#places.anyBlock())];
    }
    const event = random.pick(onlineEvents);
    const blocks = this.#places.blocksOf(range);
    const order = random.oneIn(2) ? blocks : [...blocks].reverse();
    return order.map((block) => this.#call(event, block));
  }

  #notifierError(): readonly Made[] {
    const random = this.#random;
    const action = this.#error ?? random.pick(['MEM_GOING_ONLINE', 'MEM_GOING_OFFLINE']);
    const ret = this.#error === undefined ? random.pick([-12, -16]) : 0;
    const met = ret === 0 ? [] : [this.#call(
      action === 'MEM_GOING_ONLINE' ? random.pick(onlineEvents) : 'offline',
      this.#places.anyBlock())];
    this.#error = ret === 0 ? undefined : action;
    return [{ event: 'notifier_error', ret, args: `action=${action}` }, ...met];
  }

  /** A function fails, in something that is done next. */
  #fail(): readonly Made[] {
    const random = this.#random;
    const { fn, errors } = random.pick(this.#fallible) ?? { fn: 'device_register', errors: [] };
    const nth = random.pick([1, 1, 1, 2, 3]);
    const failing: Made = { event: 'fail_function', ret: random.pick(errors) ?? -ENOMEM,
      args: `fn=${fn}${nth > 1 ? ` nth=${nth}` : ''}` };
    return [failing, ...random.pick([() => this.#add(), () => this.#online(),
      () => this.#remove(), () => this.#drivers.managed(), () => this.#drivers.dax()])?.() ?? []];
  }

  /** A balloon driver gets what goes online from here on; of the next range it backs a part. */
  #callback(): readonly Made[] {
    const random = this.#random;
    if (random.oneIn(4)) return [{ event: 'restore_online_page_callback' }];
    const driver = random.pick(['xen', 'xen', 'hyperv']);
    const backed = driver === 'hyperv'
      ? { pfn: this.#places.next,
        nr_pages: random.pick([0, PAGEBLOCK, 8192, this.#places.block]) } : {};
    return [
      { event: 'set_online_page_callback', ...backed, args: `driver=${driver}` },
      ...(random.oneIn(2) ? this.#add() : []),
    ];
  }

  #release(): readonly Made[] {
    const range = this.#random.pick(this.#places.plugged);
    if (range === undefined) return this.#callback();
    const nr_pages = this.#random.pick([1, PAGEBLOCK, 4096, 24576]);
    const end = range.pfn + range.nr_pages;
    const pfn = Math.min(pfnIn(this.#random, range.pfn, end), end - nr_pages);
    return [{ event: 'free_reserved_page', pfn, nr_pages }];
  }

  #map(): readonly Made[] {
    const random = this.#random;
    const pfn = this.#places.take(1 + Math.ceil(2 * SECTION / this.#places.block));
    const nr_pages = random.pick([PAGEBLOCK, SECTION, 2 * SECTION, SECTION - PAGEBLOCK]);
    const range = { pfn, nr_pages, nid: this.#places.nid() };
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
      return [{ event: 'cpu_online', nid: this.#places.nid(), args: `cpu=${cpu}` }];
    }
    if (cpu === 0) return this.#add();
    const event = this.#random.pick(['cpu_offline', 'cpu_remove', 'cpu_online'] as const);
    // What comes online again is where it was; what was removed can come back elsewhere.
    const nid = this.#random.oneIn(4) ? { nid: this.#places.nid() } : {};
    return [{ event, ...nid, args: `cpu=${cpu}` }];
  }

  #readRange(event: 'read_kpageflags'): readonly Made[] {
    const nr_pages = this.#random.pick([1, PAGEBLOCK, 4096, SECTION]);
    return [{ event, pfn: Math.max(0, this.#places.anyPfn() - (nr_pages >> 1)), nr_pages }];
  }

  #alloc(): readonly Made[] {
    const random = this.#random;
    if (random.oneIn(5)) return [{ event: 'free_pages' }];
    const nr_pages = random.pick([1, 100, 2000]);
    return [{
      event: 'alloc_pages', nid: this.#places.nid(), nr_pages, order: random.pick([0, 0, 0, 9]),
      args: `gfp=${random.pick(gfps)}`,
    }];
  }

  #contig(): readonly Made[] {
    const pfn = Math.floor(this.#places.anyPfn() / PAGEBLOCK) * PAGEBLOCK;
    const nr_pages = PAGEBLOCK * this.#random.pick([1, 1, 2, 4]);
    const free = this.#random.oneIn(2) ? [{ event: 'free_contig_range', pfn, nr_pages } as const]
      : [];
    return [{ event: 'alloc_contig_pages', task: 'contig', cpu: 0, pfn, nr_pages }, ...free];
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
      random.pick(['offline', 'online', 'online_movable'] as const), this.#places.anyBlock());
    this.#held = held.task;
    const nth = random.pick([1, 1, 1, 2, 8]);
    const at = random.pick(holdPoints);
    return [{
      event: 'hold', task: 'lab', args: `at=${at} task=${held.task}${nth > 1 ? ` nth=${nth}` : ''}`,
    }, held];
  }
}
