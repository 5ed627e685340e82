/** Random steps, of which most can be done: blocks that are there, DIMMs that fit. */
import type { Random } from '../../../base/random.js';
import type { Step } from '../actions.js';
import { blockSize } from '../../block_size.js';
import { QemuMemory, type Range } from '../qemu_memory.js';
import type { MachineSpec } from '../machine_spec.js';

const onlineWords = ['online', 'online_kernel', 'online_movable'] as const;
const MEMORY = '/sys/devices/system/memory';

/** Values that the kernel takes, by file. */
const parameters: readonly (readonly [path: string, values: readonly [string, ...string[]]])[] = [
  ['/proc/sys/vm/min_free_kbytes', ['8000', '20000', '45056', '67584']],
  ['/proc/sys/vm/watermark_scale_factor', ['10', '50', '150', '500']],
  ['/proc/sys/vm/percpu_pagelist_high_fraction', ['0', '8', '16', '100']],
  ['/proc/sys/vm/lowmem_reserve_ratio', ['256 256 32 0 0', '128 128 16 0 0', '0 64 1 1 1']],
  ['/sys/kernel/mm/transparent_hugepage/enabled', ['never', 'always']],
  ['/sys/module/memory_hotplug/parameters/online_policy', ['contig-zones', 'auto-movable']],
  ['/sys/module/memory_hotplug/parameters/auto_movable_ratio', ['1', '101', '301', '900']],
  [`${MEMORY}/auto_online_blocks`, ['offline', 'online', 'online_kernel', 'online_movable']],
];

type Maker = () => readonly Step[];

/** Makes one step after the other, and remembers what is plugged in. */
export class StepMaker {
  readonly #random: Random;
  readonly #machine: MachineSpec;
  readonly #memory: QemuMemory;
  /** Bytes. */
  readonly #blockSize: number;
  readonly #dimms = new Map<number, Range>();
  #lastDimm = 0;
  #isFilled = false;
  #error: string | undefined;
  #offlineCpu: number | undefined;

  constructor(random: Random, machine: MachineSpec) {
    this.#random = random;
    this.#machine = machine;
    this.#memory = new QemuMemory(machine);
    this.#blockSize = blockSize(this.#memory.end).bytes;
    for (const { size_mb, block_mb } of machine.virtio_mem) this.#memory.plug(size_mb, block_mb);
  }

  /** The next step, or a few that belong together. */
  next(): readonly Step[] {
    const random = this.#random;
    if (this.#machine.virtio_mem.length > 0 && random.oneIn(3)) return this.#virtioMem();
    if (this.#dimms.size === 0 && !random.oneIn(4)) return this.#addDimm();
    const usual: Maker = random.pick<Maker>([
      () => this.#addDimm(), () => this.#removeDimm(), () => this.#state(), () => this.#state(),
      () => this.#state(), () => this.#state(), () => this.#offline(), () => this.#offline(),
    ]);
    const other: Maker = random.pick<Maker>([
      () => this.#parameter(), () => this.#parameter(), () => this.#hugePages(),
      () => this.#hugePages(), () => this.#fill(), () => this.#notifierError(), () => this.#cpu(),
    ]);
    return (random.oneIn(4) ? other : usual)();
  }

  #anyNode(): number {
    return this.#random.between(0, Math.max(1, this.#machine.nodes.length) - 1);
  }

  #addDimm(): readonly Step[] {
    const random = this.#random;
    const size_mb = random.between(1, 4) * 128;
    const range = this.#memory.plug(size_mb);
    if (range === undefined) return this.#state();
    const id = ++this.#lastDimm;
    this.#dimms.set(id, range);
    // As in a machine that gets memory for a node that has little.
    const node = random.oneIn(3) ? this.#anyNode() : Math.max(0, this.#machine.nodes.length - 1);
    return [{ action: 'add-dimm', id, size_mb, node }];
  }

  /** Its blocks go offline before, as often as not; else the kernel has to do it, or refuses. */
  #removeDimm(): readonly Step[] {
    const [id, range] = this.#random.pick([...this.#dimms]) ?? [];
    if (id === undefined || range === undefined) return this.#addDimm();
    const offlines = this.#random.oneIn(2)
      ? this.#blocksOf(range).map((block): Step => ({ action: 'offline', block })) : [];
    // Its place is not used again: whether the kernel gives it back is not known here.
    this.#dimms.delete(id);
    return [...offlines, { action: 'remove-dimm', id }];
  }

  #blocksOf({ start, end }: Range): number[] {
    const [first, last] = [Math.ceil(start / this.#blockSize), Math.floor(end / this.#blockSize)];
    return Array.from({ length: last - first }, (_, index) => first + index);
  }

  /** A block of a DIMM, now and then one that was there at boot. */
  #block(): number {
    const plugged = [...this.#dimms.values()].flatMap((range) => this.#blocksOf(range));
    const found = this.#random.oneIn(6) ? undefined : this.#random.pick(plugged);
    return found ?? this.#random.between(0, Math.floor(this.#memory.low / this.#blockSize));
  }

  #state(): readonly Step[] {
    return [{ action: this.#random.pick(onlineWords), block: this.#block() }];
  }

  #offline(): readonly Step[] {
    return [{ action: 'offline', block: this.#block() }];
  }

  #virtioMem(): readonly Step[] {
    const device = this.#random.pick(this.#machine.virtio_mem);
    if (device === undefined) return this.#state();
    const { id, size_mb, block_mb = 2 } = device;
    const blocks = this.#random.oneIn(4) ? 0 : this.#random.between(0, size_mb / block_mb);
    return [{ action: 'virtio-mem', id, requested_mb: blocks * block_mb }];
  }

  #hugePages(): readonly Step[] {
    const value = String(this.#random.pick([0, 3, 12, 40, 80]));
    const files = 'hugepages/hugepages-2048kB/nr_hugepages';
    const path = this.#random.oneIn(2) ? `/sys/kernel/mm/${files}`
      : `/sys/devices/system/node/node${this.#anyNode()}/${files}`;
    return [{ action: 'write', path, value }];
  }

  #parameter(): readonly Step[] {
    const [path, values] = this.#random.pick(parameters) ?? ['', ['']];
    return [{ action: 'write', path, value: this.#random.pick(values) }];
  }

  #fill(): readonly Step[] {
    this.#isFilled = !this.#isFilled;
    return this.#isFilled ? [{ action: 'fill-memory', mb: this.#random.between(4, 64) }]
      : [{ action: 'free-memory' }];
  }

  /** It stays until a later step of the kind ends it. */
  #notifierError(): readonly Step[] {
    const event = this.#error ?? this.#random.pick(['MEM_GOING_ONLINE', 'MEM_GOING_OFFLINE']);
    const errno = this.#error === undefined ? this.#random.pick([-12, -16]) : 0;
    this.#error = this.#error === undefined ? event : undefined;
    return [{ action: 'notifier-error', event, errno }];
  }

  #cpu(): readonly Step[] {
    if (this.#machine.cpus < 2) return this.#state();
    const cpu = this.#offlineCpu ?? this.#random.between(1, this.#machine.cpus - 1);
    const value = this.#offlineCpu === undefined ? '0' : '1';
    this.#offlineCpu = this.#offlineCpu === undefined ? cpu : undefined;
    return [{ action: 'write', path: `/sys/devices/system/cpu/cpu${cpu}/online`, value }];
  }
}
