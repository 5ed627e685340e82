import { describe, expect, test } from 'vitest';
import type { Kernel } from '../../src/linux/base/kernel.js';
import type { OomEvent, Zone } from '../../src/linux/include/mmzone.js';
import { loadInvariants, type Check, type Invariant } from '../../src/observe/invariant.js';
import { compose } from '../../src/patch/compose.js';
import { machineOf } from '../../src/replay/machine.js';
import { traceOf } from '../replay/rig.js';

/** Those of the page allocator (P1, ...) need a page-level state: tested with it. */
const all = (await loadInvariants()).filter((one) => /^[ZNIHV]/.test(one.id));

/** Two nodes of 512 MiB, a CPU on the first one, and a block of a DIMM on the second. */
function booted(): Kernel {
  const trace = traceOf([
    { event: 'e820', args: 'start=0x20000000 end=0x40000000 type=usable' },
    { event: 'srat_mem', nid: 0, args: 'start=0x0 end=0x20000000' },
    { event: 'srat_mem', nid: 1, args: 'start=0x20000000 end=0x40000000' },
    { event: 'srat_mem', nid: 1, args: 'start=0x100000000 end=0x200000000 hotplug=1' },
    { event: 'srat_cpu', nid: 0, args: 'cpu=0' },
  ]);
  const k = compose('v6.1', [], machineOf(trace));
  k.start_kernel();
  return k;
}

/*
 *   adds policy_zone too high        in place of     adds Z10
 *
 * Expect: each shipped invariant says in a few words of its own what is wrong when it is broken.
 */
test('a report needs no list of invariants to be read', async () => {
  const words = (await loadInvariants()).map(({ broken = '' }) => broken);
  expect(words.filter((one) => !/^\S+( \S+){1,5}$/.test(one) || one.length > 32)).toEqual([]);
  expect(new Set(words).size).toBe(words.length);
});

/*
 * CONFIG_NUMA=n: node 0 has one list, DMA32 DMA, and none for __GFP_THISNODE
 * Expect: no zone is missing in the list that is not there.
 */
test('a kernel without CONFIG_NUMA has one list of each node', () => {
  const trace = traceOf([{ event: 'e820', args: 'start=0x100000 end=0x40000000 type=usable' }]);
  const k = compose('v6.1', [], { ...machineOf(trace), kconfig: { NUMA: 'n' } });
  k.start_kernel();
  const z1 = all.find(({ id }) => id === 'Z1');
  expect(k.state.nodes[0]?.node_zonelists.map((list) => list.length)).toEqual([2, 0]);
  expect([...z1?.begin(k).violations() ?? ['none']]).toEqual([]);
});

/*
 *  0          512 MiB      1 GiB
 *  |-- node 0 --|-- node 1 --|   by the SRAT
 *
 * Expect: what the command line makes of it counts: one node, nodes cut anew, a hole.
 */
test.each([
  'numa=off', 'numa=noacpi', 'numa=fake=4', 'memmap=16M$900M', 'mem=800M', '',
])('whose memory it is, and that it is memory: "%s"', (cmdline) => {
  const trace = traceOf([
    { event: 'e820', args: 'start=0x20000000 end=0x40000000 type=usable' },
    { event: 'srat_mem', nid: 0, args: 'start=0x0 end=0x20000000' },
    { event: 'srat_mem', nid: 1, args: 'start=0x20000000 end=0x40000000' },
  ]);
  const k = compose('v7.3', [], { ...machineOf(trace), cmdline });
  k.start_kernel();
  const broken = all.filter(({ id }) => id === 'I4' || id === 'N11')
    .flatMap((one) => [...one.begin(k).violations()]);
  expect(broken).toEqual([]);
  k.state.memmap.set(0x30000, 0x30001, { ...page, nid: 9 });
  expect([...all.find(({ id }) => id === 'I4')?.begin(k).violations() ?? []])
    .toEqual([expect.stringContaining('pages 0x30000-0x30000, memory of node')]);
});

function finish<T>(steps: Generator<string, T, void>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

function withDimm(k: Kernel): void {
  finish(k.acpi_memory_enable_device(1, 0x100000, 32768));
  const block = k.state.memory_blocks.get(32);
  if (block !== undefined) finish(k.state_store(block, 'online'));
}

function zone(k: Kernel, nid: number, index: number): Zone {
  const found = k.state.nodes[nid]?.node_zones[index];
  if (found === undefined) throw new Error(`no zone ${nid} ${index}`);
  return found;
}

const page = { kind: 'init', nid: 0, zone: 1, reserved: false, hole: false } as const;

/** What breaks each invariant; `check` is told of calls as a replay would. */
const breaks: Readonly<Record<string, (k: Kernel, check: Check) => void>> = {
  Z1: (k) => { k.state.nodes[1]?.node_zonelists[0].splice(0); },
  Z2: (k) => { k.state.nodes[0]?.node_zonelists[0].splice(2); },
  Z3: (k) => { k.state.nodes[0]?.node_zonelists[0].reverse(); },
  Z4: (k, check) => {
    const pgdat = k.state.nodes[0];
    check.entered?.('build_zonelists', [pgdat]);
    if (pgdat !== undefined) pgdat.node_order = [0];
  },
  Z5: (k, check) => {
    const pgdat = k.state.nodes[0];
    check.entered?.('build_zonelists', [pgdat]);
    pgdat?.node_zonelists[0].shift();
  },
  Z6: (k) => { zone(k, 0, 3).pageset = 'real'; },
  Z7: (k) => { zone(k, 0, 1).managed_pages = zone(k, 0, 1).present_pages + 1; },
  Z8: (k) => { zone(k, 0, 1).present_pages -= 1; },
  Z9: (k) => { k.state.node_states.memory.delete(1); },
  Z10: (k) => { k.state.policy_zone = 4; },
  Z11: (k) => {
    zone(k, 0, 1).nr_free_pages = zone(k, 0, 1).watermark.high + 1;
    const oom: OomEvent = { nid: 0, gfp: 'GFP_KERNEL', order: 0, highest_zoneidx: 2, count: 1 };
    k.state.oom.push(oom);
  },
  Z12: (k, check) => {
    for (const one of k.state.nodes[0]?.node_zones ?? []) one.nr_free_pages = 0;
    const zonelist = k.state.nodes[0]?.node_zonelists[0];
    check.entered?.('wake_all_kswapds', [{ zonelist, highest_zoneidx: 2 }]);
    check.left?.('wake_all_kswapds');
  },
  Z14: (k, check) => {
    // Takes in what somebody has raised before memory comes.
    k.state.min_free_kbytes = 67584;
    [...check.violations()].forEach((text) => { throw new Error(String(text)); });
    k.state.min_free_kbytes -= 1;
    zone(k, 1, 2).managed_pages += 1;
  },
  Z15: (k) => { zone(k, 0, 0).spanned_pages += 1; },
  Z16: (k, check) => {
    // Two nodes with two others behind them, all of which are as far: both begin with node 2.
    check.entered?.('__build_all_zonelists', []);
    for (const nid of [0, 1]) {
      const pgdat = k.state.nodes[nid];
      if (pgdat === undefined) continue;
      pgdat.node_order = [nid, 2, 3];
      check.entered?.('build_zonelists', [pgdat]);
    }
  },
  Z17: (k) => { zone(k, 0, 0).spanned_pages = 2 ** 32; },
  H1: (k) => { k.state.hugetlb.surplus_huge_pages = 20; },
  V1: (k) => { k.state.virtio_mem_devices.push({ name: 'virtio0', broken: true } as never); },
  N1: (k) => { k.state.node_states.online.delete(1); },
  N2: (k) => { k.state.node_devices.delete(1); },
  N3: (k, check) => {
    // Takes in who was online at boot.
    [...check.violations()].forEach((text) => { throw new Error(String(text)); });
    check.entered?.('try_offline_node', []);
    k.state.node_states.online.add(2);
    const pgdat = k.state.nodes[1];
    if (pgdat !== undefined) k.state.nodes[2] = { ...pgdat, nid: 2 };
  },
  N4: (k) => { zone(k, 1, 2).spanned_pages -= 1; },
  N5: (k) => { k.state.costs.garbage_pages_read += 1; },
  N6: (k) => { k.state.memmap.set(0x100200, 0x100201, { kind: 'poison' }); },
  N7: (k) => { k.state.node_states.online.delete(1); },
  N8: (k) => { k.state.node_states.memory.delete(1); },
  N9: (k) => { k.state.memory_blocks.get(32)?.links.clear(); },
  N11: (k) => { k.state.memory_blocks.get(32)?.links.add(0); },
  N10: (k) => { k.state.sections.highest_present = 3; },
  I1: (k) => { k.state.memmap.set(0x10000, 0x10001, { kind: 'poison' }); },
  I2: (k) => { k.state.memmap.set(0x10000, 0x10001, { ...page, zone: 2 }); },
  I3: (k) => { k.state.memmap.set(0x10000, 0x10001, { ...page, zone: 5 }); },
  I4: (k) => { k.state.memmap.set(0x10000, 0x10001, { ...page, nid: 1 }); },
  I5: (k) => { k.state.memmap.set(0xa0, 0xb0, { ...page, zone: 0, hole: true }); },
  I6: (k) => { k.state.costs.pages_reinitialised = 512; },
  I7: (k) => { k.state.memmap.set(0x101ff, 0x10200, { ...page, zone: 0, hole: true }); },
  I8: (k) => {
    zone(k, 0, 1).contiguous = true;
    k.state.memmap.set(0x101ff, 0x10200, { ...page, zone: 0, hole: true });
  },
  I9: (k) => { k.state.memmap.set(0x10000, 0x10001, { ...page, hole: true, reserved: true }); },
  // A hole that fills a pageblock is no memory's: I8 does not see it.
  I13: (k) => {
    zone(k, 0, 1).contiguous = true;
    k.state.memmap.set(0x10200, 0x10400, { ...page, zone: 2, hole: true, reserved: true });
  },
  I14: (k) => { k.vmemmap_free(0, 512); },
  I16: (k) => { k.state.memmap_counted.pages += 8; },
  I11: (k, check) => {
    k.state.memmap.set(0x10000, 0x10001, { ...page, zone: 0 });
    check.entered?.('set_pageblock_skip', [0x10000]);
  },
};

function begun(invariant: Invariant): { k: Kernel; check: Check } {
  const k = booted();
  const check = invariant.begin(k);
  withDimm(k);
  return { k, check };
}

describe('every invariant', () => {
  test('has a state that breaks it', () => {
    expect(all.map((one) => one.id).sort()).toEqual(Object.keys(breaks).sort());
  });

  test.each(all.map((one) => [one.id, one] as const))('%s holds after boot and a hot-add, ' +
    'and is seen when it is broken', (id, invariant) => {
    const { k, check } = begun(invariant);
    expect([...check.violations()]).toEqual([]);
    const broken = begun(invariant);
    breaks[id]?.(broken.k, broken.check);
    const found = [...broken.check.violations()]
      .map((one) => (typeof one === 'string' ? one : one.text));
    expect(found.length).toBeGreaterThan(0);
    for (const text of found) expect(text).toMatch(/^[\x20-\x7e]+$/);
    expect(k.state.faults).toEqual([]);
  });
});
