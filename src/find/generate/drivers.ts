/** Rows of drivers that bring memory and take it away: dax/kmem, virtio-mem, Xen's balloon. */
import { MIB, PAGE_SIZE, hex } from '../../base/pfn.js';
import type { Random } from '../../base/random.js';
import type { TraceRow } from '../../trace/trace.js';
import type { Places, Plugged } from './places.js';
import type { RawMachine } from './raw_machine.js';

type Made = Omit<TraceRow, 'time_ns'>;

/** What the kernel does with memory that is added. */
const autoOnline = ['offline', 'offline', 'online', 'online_movable'] as const;
const daxStates = ['unplugged', 'online', 'online_kernel', 'online_movable', 'none'] as const;

interface DaxDevice { readonly name: string; readonly ranges: string; readonly nid: number }

interface VirtioMem extends Plugged {
  readonly name: string;
  /** Bytes that can be plugged at once. */
  readonly block_size: number;
}

/** Makes one input of a driver after the other, and remembers its devices. */
export class DriverMaker {
  readonly #random: Random;
  readonly #places: Places;
  readonly #memory: RawMachine['memory'];
  /** Devices of the dax bus that kmem has. */
  readonly #dax: DaxDevice[] = [];
  readonly #virtio: VirtioMem[] = [];
  /** Ranges of any other driver. */
  readonly #managed: Plugged[] = [];
  #devices = 0;

  constructor(random: Random, machine: RawMachine, places: Places) {
    this.#random = random;
    this.#places = places;
    this.#memory = machine.memory;
  }

  dax(): readonly Made[] {
    const random = this.#random;
    const device = random.oneIn(3) ? undefined : random.pick(this.#dax);
    if (device === undefined) return [this.#probe(this.#daxDevice())];
    const args = `device=${device.name}`;
    if (random.oneIn(2)) {
      return [{ event: 'dax_kmem_state', args: `${args} value=${random.pick(daxStates)}` }];
    }
    this.#dax.splice(this.#dax.indexOf(device), 1);
    const gone: Made = { event: 'dax_kmem_remove', args };
    return random.oneIn(3) ? [gone, this.#probe(device)] : [gone];
  }

  /** One to three ranges, on blocks or beside their edges, on a node or none that is known. */
  #daxDevice(): DaxDevice {
    const random = this.#random;
    const { block } = this.#places;
    const nid = random.oneIn(6) ? NaN : this.#places.hotplugNid();
    const ranges: string[] = [];
    for (let count = random.pick([1, 1, 2, 3]); count > 0; count -= 1) {
      const blocks = random.pick([1, 1, 2, 3]);
      const pfn = this.#places.take(blocks + 1);
      const [ahead, behind] = [0, 0].map(() => (random.oneIn(3) ? random.pick([512, -512]) : 0));
      const start = pfn + Math.max(0, ahead ?? 0);
      const end = pfn + blocks * block + (behind ?? 0);
      ranges.push(`${hex(start * PAGE_SIZE)}-${hex(end * PAGE_SIZE)}`);
      this.#places.plugged.push({ pfn, nr_pages: blocks * block, nid: nid >= 0 ? nid : 0 });
    }
    this.#devices += 1;
    return { name: `dax${this.#devices}.0`, ranges: ranges.join('/'), nid };
  }

  #probe({ name, ranges, nid }: DaxDevice): Made {
    const random = this.#random;
    const own = random.oneIn(2) ? ' memmap_on_memory=1' : '';
    const args = `device=${name} ranges=${ranges}${own} auto_online=${random.pick(autoOnline)}`;
    return { event: 'dax_kmem_probe', args, ...(nid >= 0 ? { nid } : {}) };
  }

  /** A size between nothing and all, more often than not of whole memory blocks. */
  virtioMem(): readonly Made[] {
    const random = this.#random;
    const { name, block_size, ...region } = this.#virtioDevice();
    const whole = region.nr_pages * PAGE_SIZE;
    const unit = random.oneIn(3) ? block_size
      : Math.max(block_size, this.#places.block * PAGE_SIZE);
    const size = random.pick([0, whole, unit * random.between(0, whole / unit)]);
    return [{
      event: 'virtio_mem_config_changed', ...region,
      args: `device=${name} block_size=${hex(block_size)} requested_size=${hex(size)} `
        + `auto_online=${random.pick(autoOnline)}`,
    }];
  }

  #virtioDevice(): VirtioMem {
    const random = this.#random;
    const known = random.oneIn(4) ? undefined : random.pick(this.#virtio);
    if (known !== undefined) return known;
    const { block } = this.#places;
    const blocks = random.pick([2, 4, 8]);
    const range = { pfn: this.#places.take(blocks), nr_pages: blocks * block,
      nid: this.#places.hotplugNid() };
    const device = {
      ...range, name: `virtio${this.#virtio.length}`,
      block_size: random.pick([2 * MIB, 4 * MIB, block * PAGE_SIZE, 2 * block * PAGE_SIZE]),
    };
    this.#virtio.push(device);
    this.#places.plugged.push(range);
    return device;
  }

  /** Any driver: a range comes, or one that came goes. */
  managed(): readonly Made[] {
    const random = this.#random;
    const { block, plugged } = this.#places;
    const range = random.oneIn(2) ? undefined : random.pick(this.#managed);
    if (range !== undefined) {
      this.#managed.splice(this.#managed.indexOf(range), 1);
      const { pfn, nr_pages } = range;
      return [{ event: 'unplug_memory', task: 'driver', cpu: 0, pfn, nr_pages }];
    }
    const blocks = random.pick([1, 2, 3]);
    const added = { pfn: this.#places.take(blocks), nr_pages: blocks * block,
      nid: this.#places.hotplugNid() };
    plugged.push(added);
    this.#managed.push(added);
    return [{ event: 'add_memory_driver_managed', task: 'driver', cpu: 0, ...added,
      args: `auto_online=${random.pick(autoOnline)}` }];
  }

  /** More than there is, or less; then time for the balloon. */
  xenBalloon(): readonly Made[] {
    const random = this.#random;
    const all = this.#memory.reduce((sum, { start_pfn, end_pfn }) => sum + end_pfn - start_pfn, 0);
    const more = random.pick([-1, 1, 1, 2, 3]) * random.pick([512, this.#places.block]);
    return [
      { event: 'xen_balloon_target', nr_pages: Math.max(1, all + more) },
      ...(random.oneIn(2) ? [{ event: 'wait' } as const] : []),
    ];
  }
}
