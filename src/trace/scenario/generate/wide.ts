/**
 * Random scenarios with what hotplug alone does not come to: faked nodes, holes, memory that boot
 * keeps, pages of many sizes, work in the background. On top of one of `generate.ts`, which stays
 * the same for a seed.
 */
import { MIB } from '../../../base/pfn.js';
import { Random } from '../../../base/random.js';
import type { Step } from '../actions.js';
import type { MachineSpec, NodeSpec } from '../machine_spec.js';
import { sizeOf } from '../qemu_memory.js';

type Words = (random: Random, megabytes: number, nodes: number) => string;

/** A range for `memmap=`, above what the kernel's image and its initramfs take. */
function holeWord(random: Random, megabytes: number): string {
  const unit = random.oneIn(3) ? 'K' : 'M';
  const size = unit === 'M' ? random.pick([1, 16, 64, 128]) : random.pick([4, 68, 516, 2052]);
  const start = random.between(320, megabytes - 160);
  return `memmap=${size}${unit}$${unit === 'M' ? start : start * 1024 + 4 * random.between(0, 99)}`
    + unit;
}

const fakedNodes: readonly Words[] = [
  (random) => `numa=fake=${random.between(2, 4)}`,
  (random) => `numa=fake=${random.between(2, 3)}:${Array.from({ length: random.between(2, 10) },
    () => random.pick([10, 15, 25, 40])).join(',')}${random.pick(['', ','])}`,
  (random) => `numa=fake=${random.between(1, 3)}U`,
  (random) => `numa=fake=${random.pick([256, 300, 512])}M`,
];

/**
 * A kernel whose SRAT has a node without memory, and no SLIT beside it, dies of faked nodes at boot
 * (numa_emulation(), seen on 6.18 and 7.3).
 */
function canFake({ nodes, distances }: MachineSpec): boolean {
  return distances.length > 0 || nodes.every(({ memory }) => memory !== undefined);
}

/** Boot parameters by what they change. */
const bootWords: readonly Words[] = [
  // Nodes.
  () => 'numa=off', () => 'movable_node', () => 'numa_zonelist_order=Node',
  () => 'numa_balancing=enable', () => 'nr_cpus=1', () => 'maxcpus=1',
  // Memory that is not there, or that boot keeps.
  holeWord, holeWord, (random, megabytes) => `${holeWord(random, megabytes)} movable_node`,
  (random, megabytes) => `mem=${random.between(Math.min(600, megabytes), megabytes)}M`,
  () => 'crashkernel=64M', () => 'crashkernel=128M,high crashkernel=72M,low',
  (random) => `reserve_mem=${random.pick([1, 20])}M:2M:keep`,
  () => 'log_buf_len=8M', () => 'hashdist=0', () => 'swiotlb=4096',
  (random) => `cma=${random.pick([16, 64, 128])}M`, () => 'hugetlb_cma=1G', () => 'memblock=debug',
  // Parameters of procfs, from 5.8 on.
  (random) => `sysctl.vm.min_free_kbytes=${random.pick([3000, 12345, 60000])}`,
  (random) => `sysctl.vm.lowmem_reserve_ratio=${random.pick(['64', '128,16', '0,64,1'])}`,
  (random) => `sysctl.vm.watermark_scale_factor=${random.pick([20, 300])} `
    + `sysctl.vm.percpu_pagelist_high_fraction=${random.pick([0, 8, 20])}`,
  // Pages.
  () => 'page_owner=on', () => 'debug_pagealloc=on debug_guardpage_minorder=1',
  () => 'page_alloc.shuffle=1', () => 'init_on_alloc=0', () => 'init_on_free=1',
  () => 'page_poison=1', () => 'slub_debug=PZ', () => 'kfence.sample_interval=100',
  () => 'cgroup_disable=memory', () => 'transparent_hugepage=always',
  () => 'percpu_alloc=page',
  // Huge pages.
  (random, _, nodes) => `hugepages=${Array.from({ length: Math.max(1, nodes) }, (__, nid) =>
    `${nid}:${random.between(0, 6)}`).join(',')}`,
  (random) => `hugetlb_free_vmemmap=on hugepages=${random.between(2, 12)}`,
  () => 'default_hugepagesz=1G hugepages=1',
  // Zones and groups.
  () => 'memory_hotplug.memmap_on_memory=force',
  () => 'memory_hotplug.online_policy=auto-movable memory_hotplug.auto_movable_numa_aware=0',
  () => 'kernelcore=mirror',
  (random) => `kernelcore=${random.between(55, 90)}% movablecore=${random.between(1, 20)}%`,
];

const vm = (name: string, value: string): Step =>
  ({ action: 'write', path: `/proc/sys/vm/${name}`, value });
const hugePages = '/sys/kernel/mm/hugepages';

/** Steps of one kind; `block` is one that may be there. */
type StepMaker = (random: Random, block: number, nodes: number) => readonly Step[];

const page = (random: Random, block: number): string =>
  `0x${(block * 128 * MIB + random.between(0, 32767) * 4096).toString(16)}`;

const extraSteps: readonly StepMaker[] = [
  (random, block) => [{ action: 'write', value: page(random, block),
    path: `/sys/devices/system/memory/${random.pick(['soft', 'hard'])}_offline_page` }],
  // Words that come too late, or are none.
  (random, block) => [{ action: 'write', path: `/sys/devices/system/memory/memory${block}/state`,
    value: random.pick(['online_mov', 'online_movable', 'online_kernel', 'offline', '']) }],
  (random) => [{ action: 'write', path: '/sys/devices/system/memory/auto_online_blocks',
    value: random.pick(['auto', 'online_kernel', 'online_movable']) }],
  (_, block) => [{ action: 'read',
    path: `/sys/devices/system/memory/memory${block}/valid_zones` }],
  (random, _, nodes) => [{ action: 'write', value: '1',
    path: `/sys/devices/system/node/node${random.between(0, nodes - 1)}/compact` }],
  (random) => [vm('watermark_boost_factor', random.pick(['0', '30000']))],
  (random) => [vm('nr_hugepages_mempolicy', random.pick(['2', '9']))],
  () => [vm('stat_refresh', '1')], () => [vm('min_free_kbytes', '-5')],
  () => [vm('drop_caches', '3')], () => [vm('compact_memory', '1')],
  (random) => [vm('defrag_mode', random.pick(['0', '1']))],
  (random) => [vm('nr_overcommit_hugepages', random.pick(['0', '8']))],
  (random) => [vm('zone_reclaim_mode', random.pick(['0', '1', '7']))],
  (random) => [vm('percpu_pagelist_high_fraction', random.pick(['8', '10', '1000', '0']))],
  (random) => [vm('min_free_kbytes', random.pick(['1000', '67584', '100000']))],
  (random) => [vm('numa_stat', random.pick(['0', '1']))],
  (random) => [{ action: 'write', path: `${hugePages}/hugepages-1048576kB/nr_hugepages`,
    value: random.pick(['0', '1', '2']) }],
  (random, _, nodes) => [{ action: 'write', value: random.pick(['0', '1', '60']),
    path: `/sys/devices/system/node/node${random.between(0, nodes)}/hugepages/hugepages-`
      + `${random.pick(['2048', '1048576'])}kB/nr_hugepages` }],
  (random) => [vm('hugetlb_optimize_vmemmap', random.pick(['0', '1']))],
  (random) => [{ action: 'write', path: `${hugePages}/hugepages-1048576kB/demote`,
    value: random.pick(['1', '2']) }],
  (random) => [{ action: 'write', value: random.pick(['0', '1', 'force']),
    path: '/sys/module/memory_hotplug/parameters/auto_movable_numa_aware' }],
  (random, _, nodes) => [{ action: 'fill-memory', mb: random.between(8, 100),
    node: random.between(0, nodes - 1) }],
  () => [{ action: 'free-memory' }],
  // An offline that goes on while something else is done.
  (random, block) => [
    { action: 'offline-begin', block },
    random.pick<Step>([vm('compact_memory', '1'), vm('min_free_kbytes', '30000'),
      { action: 'online', block: block + 1 }, { action: 'offline', block: block + 1 },
      { action: 'write', path: `${hugePages}/hugepages-2048kB/nr_hugepages`, value: '6' }]),
    { action: 'wait', seconds: 1 }, { action: 'offline-result', block },
  ],
  // A DIMM that is no number of blocks, which the kernel refuses; it can go again.
  (random) => {
    const id = 90 + random.between(0, 9);
    const added: Step = { action: 'add-dimm', id, node: 0, size_mb: random.pick([64, 192, 130]) };
    return random.oneIn(2) ? [added, { action: 'remove-dimm', id }] : [added];
  },
  (random, _, nodes) => [{ action: 'add-dimm', id: 80 + random.between(0, 9),
    node: random.between(0, nodes - 1), size_mb: 128 * random.between(1, 8) }],
  (random) => [{ action: 'wait', seconds: random.between(1, 4) }],
  () => [{ action: 'read', path: '/proc/sys/vm/lowmem_reserve_ratio' }],
];

/** A node that waits for memory stands before others, or has the CPUs. */
function withOtherNodes(random: Random, nodes: readonly NodeSpec[]): readonly NodeSpec[] {
  const empty = nodes.findIndex(({ memory }) => memory === undefined);
  if (empty < 0) return nodes;
  const rest = nodes.filter((_, at) => at !== empty);
  const place = random.between(1, rest.length);
  const withCpus = rest.findIndex(({ cpus }, at) => at > 0 && cpus !== undefined);
  const owner = random.oneIn(2) ? withCpus : -1;
  const { cpus, ...other } = rest[owner] ?? {};
  const moved = rest.map((node, at) => (at === owner ? other : node));
  return [...moved.slice(0, place), cpus === undefined ? {} : { cpus }, ...moved.slice(place)];
}

/** The fields of a scenario's file that change. */
interface Base {
  readonly name: string;
  readonly machine: MachineSpec;
  readonly cmdline: string;
  readonly steps: readonly Step[];
}

/** The block that a step is about, or one of the DIMMs'. */
function blockFor(random: Random, { machine, steps }: Base): number {
  const blocks = steps.flatMap(({ block }) => (typeof block === 'number' ? [block] : []));
  return random.pick(blocks)
    ?? random.between(0, Math.floor(sizeOf(machine.memory) / MIB / 128) - 1);
}

/** One to three parameters and one to four steps more; nodes in another order now and then. */
export function widened<B extends Base>(base: B, seed: number): B {
  const random = new Random(seed);
  const megabytes = sizeOf(base.machine.memory) / MIB;
  const nodes = random.oneIn(3) ? withOtherNodes(random, base.machine.nodes) : base.machine.nodes;
  const machine = { ...base.machine, nodes };
  const most = Math.min(megabytes, 2048);
  const isFaked = canFake(machine) && random.oneIn(nodes.length === 0 ? 2 : 4);
  const words = Array.from({ length: random.between(1, 3) }, (_, at) =>
    random.pick(isFaked && at === 0 ? fakedNodes : bootWords)?.(random, most, nodes.length) ?? '');
  const steps = [...base.steps];
  for (let count = random.between(1, 4); count > 0; count--) {
    const more = random.pick(extraSteps)?.(random, blockFor(random, base),
      Math.max(1, nodes.length)) ?? [];
    steps.splice(random.between(1, steps.length), 0, ...more);
  }
  return { ...base, name: `${base.name}-wide`, machine, steps,
    cmdline: [base.cmdline, ...new Set(words)].filter((word) => word !== '').join(' ') };
}
