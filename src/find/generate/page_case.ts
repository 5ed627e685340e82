/**
 * Races of single pages: some blocks of a DIMM go online, CPUs take and free pages of them, frees
 * stop half way, and a block goes offline or a range is allocated beside them.
 */
import { PAGE_SIZE } from '../../base/pfn.js';
import type { Random } from '../../base/random.js';
import type { TraceRow } from '../../trace/trace.js';
import type { RowsCase } from '../case.js';
import { PAGEBLOCK, SECTION } from './edges.js';

const FIRST = 0x140000;
const SECOND = 1e9;
/** What an empty list of a CPU asks the buddy allocator for. */
const BATCH = 63;
const MOVABLE = 1;
const UNMOVABLE = 0;
const gfpOf = (type: number): string => (type === MOVABLE ? 'GFP_HIGHUSER_MOVABLE' : 'GFP_KERNEL');

const taskPoints = [
  'memory_notify', 'set_migratetype_isolate', 'lru_add_drain_all', 'migrate_pages',
  'drain_all_pages', 'zone_pcp_disable', 'drain_pages_zone',
] as const;

type Made = Omit<TraceRow, 'time_ns'>;

class PageCase {
  readonly #random: Random;
  readonly #rows: TraceRow[] = [];
  readonly #cpus: number;
  readonly #blocks: number;
  readonly #movable: boolean;
  readonly #taken: number[] = [];
  #time = SECOND;
  #offlining = false;

  constructor(random: Random) {
    this.#random = random;
    this.#cpus = random.pick([2, 4, 4, 8]);
    this.#blocks = random.pick([2, 2, 3, 4]);
    this.#movable = !random.oneIn(4);
  }

  make(steps: number): RowsCase {
    this.#setup();
    for (let cpu = 0; cpu < this.#cpus; cpu += 1) if (this.#random.oneIn(2)) this.#fill(cpu);
    for (let step = 0; step < steps; step += 1) for (const row of this.#step()) this.#add(row);
    this.#add({ event: 'unhold', task: 'lab' });
    this.#add({ event: 'unhold', task: 'lab', args: 'task=offliner' });
    if (this.#random.oneIn(3)) this.#add(this.#take(this.#pageOf(FIRST)));
    return {
      kind: 'rows', rows: this.#rows, config: {},
      header: { cpus: this.#cpus, block_size: SECTION * PAGE_SIZE },
    };
  }

  #add(row: Made): void {
    this.#rows.push({ time_ns: this.#time += 1000, ...row });
  }

  #setup(): void {
    const rows: Made[] = [
      { event: 'e820', args: 'start=0x0 end=0x9fc00 type=usable' },
      { event: 'e820', args: 'start=0x100000 end=0x40000000 type=usable' },
      { event: 'e820', args: 'start=0x100000000 end=0x120000000 type=usable' },
      ...Array.from({ length: this.#cpus }, (_, cpu): Made =>
        ({ event: 'srat_cpu', nid: 0, args: `cpu=${cpu}` })),
    ];
    for (const row of rows) this.#rows.push({ time_ns: 0, ...row });
    this.#add({ event: 'add_memory', nid: 0, pfn: FIRST, nr_pages: this.#blocks * SECTION });
    for (let block = 1; block <= this.#blocks; block += 1) {
      this.#add({
        event: this.#movable ? 'online_movable' : 'online_kernel',
        pfn: FIRST + block % this.#blocks * SECTION, nr_pages: SECTION,
      });
    }
  }

  /** A CPU takes a batch of pages of a block, and gives some of them back to its list. */
  #fill(cpu: number): void {
    const block = this.#random.between(0, this.#blocks - 1);
    const first = FIRST + block * SECTION + cpu * PAGEBLOCK;
    const task = `fill-${cpu}`;
    for (let page = 0; page < BATCH; page += 1) {
      this.#add({ ...this.#take(first + page), cpu, task });
    }
    const back = this.#random.pick([0, 1, 20]);
    for (let page = BATCH - back; page < BATCH; page += 1) {
      this.#add({ event: 'mm_page_free', pfn: first + page, order: 0, cpu, task });
    }
    this.#taken.splice(this.#taken.length - back);
  }

  #take(pfn: number): Made {
    const migratetype = this.#movable ? MOVABLE : UNMOVABLE;
    this.#taken.push(pfn);
    return {
      event: 'mm_page_alloc', pfn, order: 0, migratetype, cpu: this.#anyCpu(), task: 'user',
      args: `gfp_flags=${gfpOf(migratetype)}`,
    };
  }

  #anyCpu(): number {
    return this.#random.between(0, this.#cpus - 1);
  }

  /** A page of a block: of its first, last or any pageblock. */
  #pageOf(start: number): number {
    const pageblocks = SECTION / PAGEBLOCK;
    const at = this.#random.pick([0, pageblocks - 1, this.#random.between(0, pageblocks - 1)]);
    return start + at * PAGEBLOCK + this.#random.pick([0, 16, PAGEBLOCK - 1]);
  }

  #takenPage(): number | undefined {
    const pfn = this.#random.pick(this.#taken);
    if (pfn !== undefined) this.#taken.splice(this.#taken.indexOf(pfn), 1);
    return pfn;
  }

  #free(pfn: number, cpu: number, event: 'mm_page_free' | 'free_pages_nolock' = 'mm_page_free'):
  Made {
    return { event, pfn, order: 0, cpu, task: `free-${cpu}` };
  }

  #step(): readonly Made[] {
    const random = this.#random;
    const makers: readonly (() => readonly Made[])[] = [
      () => this.#heldFree(), () => this.#heldFree(), () => this.#heldFree(),
      () => this.#offline(), () => this.#offline(), () => this.#offline(),
      () => this.#frees(), () => this.#frees(), () => this.#frees(),
      () => this.#fillAgain(), () => [{ event: 'unhold', task: 'lab' }],
      () => this.#contig(), () => this.#heldTask(), () => this.#other(),
    ];
    return random.pick(makers)?.() ?? [];
  }

  /** A free that has read the migratetype, or has changed the list and not counted. */
  #heldFree(): readonly Made[] {
    const pfn = this.#takenPage();
    const cpu = this.#anyCpu();
    if (pfn === undefined) {
      const page = this.#pageOf(FIRST);
      return [{ ...this.#take(page), cpu }, ...this.#heldFree()];
    }
    const at = this.#random.oneIn(3) ? 'at=pcp_count' : 'holding=1';
    return [{ event: 'hold', task: 'lab', cpu, pfn, args: at }, this.#free(pfn, cpu)];
  }

  #offline(): readonly Made[] {
    if (this.#offlining) return this.#frees();
    this.#offlining = true;
    const block = this.#random.pick([0, 0, this.#random.between(0, this.#blocks - 1)]);
    return [{
      event: 'offline', task: 'offliner', cpu: 0, pfn: FIRST + block * SECTION, nr_pages: SECTION,
    }];
  }

  #frees(): readonly Made[] {
    const cpu = this.#anyCpu();
    const event = this.#random.oneIn(6) ? 'free_pages_nolock' : 'mm_page_free';
    return Array.from({ length: this.#random.pick([1, 1, 2, 30]) }, () => this.#takenPage())
      .flatMap((pfn) => (pfn === undefined ? [] : [this.#free(pfn, cpu, event)]));
  }

  #fillAgain(): readonly Made[] {
    const page = this.#pageOf(FIRST + this.#random.between(0, this.#blocks - 1) * SECTION);
    return [this.#take(page)];
  }

  #contig(): readonly Made[] {
    const block = this.#random.between(0, this.#blocks - 1);
    const pfn = Math.floor(this.#pageOf(FIRST + block * SECTION) / PAGEBLOCK) * PAGEBLOCK;
    return [{ event: 'alloc_contig_pages', task: 'contig', cpu: 0, pfn, nr_pages: PAGEBLOCK }];
  }

  #heldTask(): readonly Made[] {
    const task = this.#random.pick(['offliner', 'offliner', 'contig']);
    const nth = this.#random.pick([1, 1, 2, 12]);
    return [{
      event: 'hold', task: 'lab',
      args: `at=${this.#random.pick(taskPoints)}${nth > 1 ? ` nth=${nth}` : ''} task=${task}`,
    }, ...(task === 'contig' ? this.#contig() : this.#offline())];
  }

  /** Somebody takes a page in use off its list, or holds on to it; later he may let it go. */
  #kept(): readonly Made[] {
    const random = this.#random;
    const [event, back] = random.pick<readonly [Made['event'], Made['event']]>([
      ['folio_isolate_lru', 'folio_putback_lru'], ['pin_user_pages', 'unpin_user_page']]);
    const pfn = random.pick(this.#taken);
    if (pfn === undefined) return this.#fillAgain();
    const kept: Made = { event, task: 'keeper', cpu: this.#anyCpu(), pfn };
    const offline = this.#offline();
    return random.oneIn(2) ? [kept, ...offline]
      : [kept, ...offline, { event: 'wait' }, { ...kept, event: back }];
  }

  #other(): readonly Made[] {
    const random = this.#random;
    const pfn = this.#pageOf(FIRST);
    if (random.oneIn(3)) return this.#kept();
    return [random.pick<Made>([
      { event: 'wait' },
      { event: 'signal', task: 'lab', args: 'task=offliner' },
      { event: 'unhold', task: 'lab', args: 'task=offliner' },
      { event: 'unhold', task: 'lab', args: 'task=contig' },
      { event: 'soft_offline_page', task: 'soft', cpu: 0, pfn },
      { event: 'memory_failure', task: 'mce', cpu: 0, pfn },
      { event: 'write_parameter', task: 'sysctl', cpu: 0,
        args: 'file=/proc/sys/vm/percpu_pagelist_high_fraction value=8' },
    ])];
  }
}

/** A case of single pages with so many steps behind its setup. */
export function pageCase(random: Random, steps: number): RowsCase {
  return new PageCase(random).make(steps);
}
