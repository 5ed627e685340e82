/**
 * When may a node go offline? Every scenario of traces/try_offline_node-S*, for each memory test
 * (P0 section walk, P1 v1, P2 v2, P3 merged) and each rule by which spans shrink (R1 at removal,
 * R2 at removal by online sections, R3 at offline).
 */
import { describe, expect, it } from 'vitest';
import merged from '../../policies/try_offline_node/merged.js';
import R3 from '../../policies/try_offline_node/span_shrink_at_offline.js';
import R1 from '../../policies/try_offline_node/span_shrink_at_removal.js';
import R2 from '../../policies/try_offline_node/span_shrink_online_sections.js';
import section_walk from '../../policies/try_offline_node/section_walk.js';
import v1 from '../../policies/try_offline_node/v1.js';
import v2 from '../../policies/try_offline_node/v2.js';
import type { Kernel } from '../../src/linux/base/kernel.js';
import type { Patch } from '../../src/patch/define.js';
import {
  A, B, addDimm, blockAt, bootKernel, drive, nodeOnline, q35, removeDimm, SECTION, setGarbage,
  spanOf, store, type Dimm,
} from './hotplug_machine.js';

const P: Readonly<Record<string, Patch>> = { P0: section_walk, P1: v1, P2: v2, P3: merged };
const R: Readonly<Record<string, Patch>> = { R1, R2, R3 };
const fixed = ['P1', 'P2', 'P3'] as const;
const poison = { kconfig: { DEBUG_VM: 'y', DEBUG_VM_PGFLAGS: 'y' } };

function kernel(policy: string, regime = 'R3', extra = {}): Kernel {
  const series = [P[policy], R[regime]].filter((patch) => patch !== undefined);
  return bootKernel('v6.1', series, q35(extra));
}

function onlineAll(k: Kernel, dimm: Dimm): void {
  for (let i = 0; i < dimm.blocks; i += 1) expect(store(k, dimm.block + i, 'online')).toBe(0);
}

function offlineAll(k: Kernel, dimm: Dimm): void {
  for (let i = dimm.blocks - 1; i >= 0; i -= 1) {
    expect(store(k, dimm.block + i, 'offline')).toBe(0);
  }
}

describe('S1: nothing was ever onlined', () => {
  it('section walk takes the node offline under B, and the next removal oopses', () => {
    const k = kernel('P0');
    addDimm(k, A);
    addDimm(k, B);
    expect(removeDimm(k, A)).toBe(0);
    expect(nodeOnline(k, 1)).toBe(false);
    expect(removeDimm(k, B)).toBe('oops');
    expect(k.state.faults.at(-1)?.fn).toBe('unregister_memory_block_under_nodes');
    expect(blockAt(k, 56).state).toBe('offline');
    expect(k.walk_system_ram_range(56 * SECTION, 8 * SECTION)).toBe(8 * SECTION);
    expect(addDimm(k, A)).toBe('hang');
  });

  it('v5.3 unlinks by a memmap of zeros: links of node 1 are left, nothing oopses', () => {
    const k = bootKernel('v5.3', [merged], q35());
    addDimm(k, A);
    addDimm(k, B);
    setGarbage(k, A, { kind: 'zero' });
    expect(removeDimm(k, A)).toBe(0);
    expect([...(k.state.node_links.get(1) ?? [])].length).toBe(16);
    const p0 = bootKernel('v5.3', [], q35());
    addDimm(p0, A);
    addDimm(p0, B);
    setGarbage(p0, A, { kind: 'zero' });
    setGarbage(p0, B, { kind: 'zero' });
    expect(removeDimm(p0, A)).toBe(0);
    expect(nodeOnline(p0, 1)).toBe(false);
    expect(removeDimm(p0, B)).toBe(0);
    expect(nodeOnline(p0, 1)).toBe(false);
  });

  it('v5.3 with DEBUG_VM runs into the poison of the memmap while it unlinks', () => {
    const k = bootKernel('v5.3', [], q35(poison));
    addDimm(k, A);
    addDimm(k, B);
    expect(removeDimm(k, A)).toBe('BUG');
  });

  it.each(fixed)('%s keeps the node for B, and takes it offline after B', (policy) => {
    const k = kernel(policy);
    addDimm(k, A);
    addDimm(k, B);
    expect(removeDimm(k, A)).toBe(0);
    expect(nodeOnline(k, 1)).toBe(true);
    expect(removeDimm(k, B)).toBe(0);
    expect(nodeOnline(k, 1)).toBe(false);
    expect(addDimm(k, A)).toBe(0);
    expect(nodeOnline(k, 1)).toBe(true);
  });
});

describe('S2: B was online and is offline again, A never was', () => {
  function prepared(policy: string, regime: string): Kernel {
    const k = kernel(policy, regime);
    addDimm(k, A);
    addDimm(k, B);
    onlineAll(k, B);
    offlineAll(k, B);
    return k;
  }

  it.each(['R1', 'R2', 'R3'])('section walk with %s loses A when B is removed', (regime) => {
    const k = prepared('P0', regime);
    expect(spanOf(k, 1)).toBe(regime === 'R3' ? 0 : 8 * SECTION);
    expect(removeDimm(k, B)).toBe(0);
    expect(spanOf(k, 1)).toBe(0);
    expect(nodeOnline(k, 1)).toBe(false);
  });

  it.each([['R1', true], ['R2', true], ['R3', false]] as const)(
    'section walk with %s, A removed: node 1 online is %s', (regime, online) => {
      const k = prepared('P0', regime);
      expect(removeDimm(k, A)).toBe(0);
      expect(nodeOnline(k, 1)).toBe(online);
    });

  for (const regime of ['R1', 'R2', 'R3']) {
    it.each(fixed)(`%s with ${regime} keeps the node for whichever DIMM is left`, (policy) => {
      const left_a = prepared(policy, regime);
      expect(removeDimm(left_a, B)).toBe(0);
      expect(nodeOnline(left_a, 1)).toBe(true);
      const left_b = prepared(policy, regime);
      expect(removeDimm(left_b, A)).toBe(0);
      expect(nodeOnline(left_b, 1)).toBe(true);
    });
  }
});

describe('S3: a memmap of garbage inside the span', () => {
  const D = [48, 49, 50].map((block) => ({ block, blocks: 1 }));
  const [D48, D49, D50] = D as [Dimm, Dimm, Dimm];

  function prepared(version: string, policy: string, regime: string, extra = {}): Kernel {
    const series = [P[policy], R[regime]].filter((patch) => patch !== undefined);
    const k = bootKernel(version, series, q35(extra));
    for (const dimm of D) addDimm(k, dimm);
    for (const word of ['online', 'offline']) {
      for (const id of [48, 50]) expect(store(k, id, word)).toBe(0);
    }
    return k;
  }

  it('section walk with R1: poison is a BUG when the span is searched', () => {
    const k = prepared('v6.1', 'P0', 'R1', poison);
    expect(spanOf(k, 1)).toBe(3 * SECTION);
    expect(removeDimm(k, D48)).toBe('BUG');
  });

  it('section walk with R1: zeros look like node 0, and block 49 is lost', () => {
    const k = prepared('v6.1', 'P0', 'R1');
    setGarbage(k, D49, { kind: 'zero' });
    expect(removeDimm(k, D48)).toBe(0);
    expect(spanOf(k, 1)).toBe(SECTION);
    expect(nodeOnline(k, 1)).toBe(true);
    expect(removeDimm(k, D50)).toBe(0);
    expect(spanOf(k, 1)).toBe(0);
    expect(nodeOnline(k, 1)).toBe(false);
  });

  it('section walk with R1: a stale memmap of the same zone keeps the node, by luck', () => {
    const k = prepared('v6.1', 'P0', 'R1');
    setGarbage(k, D49, { kind: 'stale', nid: 1, zone: 2 });
    expect(removeDimm(k, D48)).toBe(0);
    expect(spanOf(k, 1)).toBe(2 * SECTION);
    expect(removeDimm(k, D50)).toBe(0);
    expect(spanOf(k, 1)).toBe(SECTION);
    expect(nodeOnline(k, 1)).toBe(true);
  });

  it('v5.3 says the same as section walk with R1 on v6.1, whose links do not rest on it', () => {
    const k = prepared('v5.3', 'none', 'none');
    setGarbage(k, D49, { kind: 'zero' });
    expect(removeDimm(k, D48)).toBe(0);
    expect(removeDimm(k, D50)).toBe(0);
    expect(nodeOnline(k, 1)).toBe(false);
  });

  for (const regime of ['R2', 'R3']) {
    it.each(fixed)(`%s with ${regime} takes the node offline after block 49 only`, (policy) => {
      // R2 asks the first page of what it removes for its zone, so poison is a BUG there.
      const k = prepared('v6.1', policy, regime, regime === 'R3' ? poison : {});
      for (const dimm of [D48, D50]) {
        expect(removeDimm(k, dimm)).toBe(0);
        expect(nodeOnline(k, 1)).toBe(true);
      }
      expect(removeDimm(k, D49)).toBe(0);
      expect(nodeOnline(k, 1)).toBe(false);
    });
  }
});

describe('S4: a block of two nodes', () => {
  const machine = q35({
    e820: [
      { start: 0, end: 0x9fc00, type: 'usable' },
      { start: 0x100000, end: 0x80000000, type: 'usable' },
    ],
    srat: [
      { nid: 0, start: 0, end: 0xa0000, hotplug: false },
      { nid: 0, start: 0x100000, end: 0x3e800000, hotplug: false },
      { nid: 1, start: 0x3e800000, end: 0x80000000, hotplug: false },
    ],
    cpus: [0, 0, 1, 1],
  });

  it.each(['P0', ...fixed])('%s keeps both nodes, and the block cannot go offline', (policy) => {
    const k = bootKernel('v6.1', [P[policy] ?? merged], machine);
    const block = blockAt(k, 7);
    expect([...block.links]).toEqual([0, 1]);
    expect(block.nid).toBe(1);
    expect(k.valid_zones_show(block)).toBe('none');
    expect(store(k, 7, 'offline')).toBe(-22);
    k.try_offline_node(0);
    k.try_offline_node(1);
    expect([...k.state.node_states.online]).toEqual([0, 1]);
  });
});

describe('S5: device memory on the node', () => {
  function run(policy: string, regime: string): { k: Kernel; online: boolean[] } {
    const k = kernel(policy, regime);
    const online: boolean[] = [];
    addDimm(k, A);
    onlineAll(k, A);
    expect(drive(k.memremap_pages(1, 0x200000, 65536))).toBe(0);
    offlineAll(k, A);
    removeDimm(k, A);
    online.push(nodeOnline(k, 1));
    drive(k.memunmap_pages(1, 0x200000, 65536));
    online.push(nodeOnline(k, 1));
    addDimm(k, B);
    removeDimm(k, B);
    online.push(nodeOnline(k, 1));
    return { k, online };
  }

  it('section walk with R1: the next removal after unmapping takes the node offline', () => {
    const { k, online } = run('P0', 'R1');
    expect(online).toEqual([true, true, false]);
    expect(spanOf(k, 1)).toBe(0);
  });

  it.each([['P3', 'R2'], ['P3', 'R3'], ['P2', 'R3'], ['P1', 'R3']])(
    '%s with %s: the span stays, and the node for ever', (policy, regime) => {
      const { k, online } = run(policy, regime);
      expect(online).toEqual([true, true, true]);
      expect(spanOf(k, 1)).toBeGreaterThan(0);
    });
});

describe('S6: a block at the very top', () => {
  const top = { block: 56, blocks: 1 };

  it.each([['P0', false], ['P1', false], ['P2', true], ['P3', true]] as const)(
    '%s: node 1 online is %s after the DIMM below it was removed', (policy, online) => {
      const k = kernel(policy);
      addDimm(k, A);
      addDimm(k, top);
      expect(removeDimm(k, A)).toBe(0);
      expect(nodeOnline(k, 1)).toBe(online);
    });

  it('v1 sees the block when something higher was present once', () => {
    const k = kernel('P1');
    addDimm(k, A);
    addDimm(k, B);
    removeDimm(k, B);
    addDimm(k, top);
    removeDimm(k, A);
    expect(nodeOnline(k, 1)).toBe(true);
  });
});

describe('S7: a CPU on the node', () => {
  it.each([['P0', false], ['P1', true], ['P2', true], ['P3', true]] as const)(
    '%s: the CPU keeps the node; without it node 1 online is %s while B is left',
    (policy, online) => {
      const k = kernel(policy, 'R3', { cpus: [0, 0, 0, 0, 1] });
      addDimm(k, A);
      addDimm(k, B);
      expect(removeDimm(k, A)).toBe(0);
      expect(nodeOnline(k, 1)).toBe(true);
      k.acpi_processor_remove(4);
      expect(nodeOnline(k, 1)).toBe(online);
    });

  it.each(['P0', ...fixed])('%s: the CPU also keeps a node without memory', (policy) => {
    const k = kernel(policy, 'R3', { cpus: [0, 0, 0, 0, 1] });
    addDimm(k, A);
    expect(removeDimm(k, A)).toBe(0);
    expect(nodeOnline(k, 1)).toBe(true);
    k.acpi_processor_remove(4);
    expect(nodeOnline(k, 1)).toBe(false);
  });
});

describe('S8: a veto while onlining', () => {
  it.each([['P0', 'R1', SECTION], ['P3', 'R2', SECTION], ['P3', 'R3', 0]] as const)(
    '%s with %s: %i pages are spanned after the veto, and the removal is right',
    (policy, regime, span) => {
      const k = kernel(policy, regime);
      k.state.notifiers.push({
        name: 'veto', priority: 0,
        notifier_call: (action) => (action === 'MEM_GOING_ONLINE' ? -12 : 0),
      });
      addDimm(k, A);
      expect(store(k, 48, 'online')).toBe(-12);
      expect(spanOf(k, 1)).toBe(span);
      expect(k.state.nodes[1]?.node_present_pages).toBe(0);
      expect(removeDimm(k, A)).toBe(0);
      expect(spanOf(k, 1)).toBe(0);
      expect(nodeOnline(k, 1)).toBe(false);
    });
});

describe('S10: the caller names the wrong node', () => {
  const remove = (k: Kernel): number | string =>
    drive(k.try_remove_memory(A.block * SECTION, A.blocks * SECTION, 0));

  it('up to v5.14 the empty node stays online', () => {
    const k = bootKernel('v5.14', [], q35());
    addDimm(k, A);
    expect(remove(k)).toBe(0);
    expect(nodeOnline(k, 1)).toBe(true);
  });

  it('from v5.15 on the node of the last block is tested', () => {
    const k = bootKernel('v5.17', [], q35());
    addDimm(k, A);
    expect(remove(k)).toBe(0);
    expect(nodeOnline(k, 1)).toBe(false);
  });
});
