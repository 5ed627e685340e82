/** The invariants M*: each holds through the life of a block, and is seen when it is broken. */
import { describe, expect, test } from 'vitest';
import { at } from '../../src/base/assert.js';
import { ZONE_MOVABLE, type NotifierArg } from '../../src/linux/include/mmzone.js';
import type { Kernel } from '../../src/linux/base/kernel.js';
import { loadInvariants, type Check, type Invariant } from '../../src/observe/invariant.js';
import {
  addDimm, blockAt, bootKernel, drive, q35, removeDimm, store,
} from '../linux/hotplug_machine.js';

const all = (await loadInvariants()).filter((one) => one.id.startsWith('M'));
const dimm = { block: 48, blocks: 1 };
const first = 48 * 32768;
const arg: NotifierArg = {
  start_pfn: first + 512, nr_pages: 32256, status_change_nid: -1, status_change_nid_normal: -1,
};

interface Told {
  readonly k: Kernel;
  readonly check: Check;
}

/** A kernel whose calls the check is told of as a replay tells it. */
function told(invariant: Invariant, version: string): Told {
  let check: Check | undefined;
  const machine = q35({ cmdline: 'memory_hotplug.memmap_on_memory=1' });
  const k = bootKernel(version, [], machine, {
    functions: new Set(invariant.functions ?? []),
    enter: (fn, args) => check?.entered?.(fn, args),
    leave: (fn) => check?.left?.(fn),
    patched: () => {},
  });
  check = invariant.begin(k);
  return { k, check };
}

/** The block is online as movable, added to node 1. */
function online(invariant: Invariant, version: string): Told {
  const both = told(invariant, version);
  expect(addDimm(both.k, dimm)).toBe(0);
  expect(store(both.k, 48, 'online_movable')).toBe(0);
  return both;
}

const movable = (k: Kernel) => at(at(k.state.nodes, 1).node_zones, ZONE_MOVABLE);

const breaks: Readonly<Record<string, (told: Told) => void>> = {
  M2: ({ k }) => { movable(k).present_pages -= 512; },
  M4: ({ k }) => { k.state.pageblocks.set(first, first + 512, 1); },
  M5: ({ k }) => {
    expect(store(k, 48, 'offline')).toBe(0);
    k.state.sections.set_online(48, true);
  },
  M6: ({ k }) => { k.state.sections.set_online(48, false); },
  M8: ({ check, k }) => {
    const block = blockAt(k, 48);
    check.entered?.('memory_subsys_offline', [block]);
    movable(k).present_pages -= 512;
    check.left?.('memory_subsys_offline');
  },
  M9: ({ k }) => { blockAt(k, 48).nr_vmemmap_pages = 511; },
  M10: ({ k }) => { blockAt(k, 48).state = 'offline'; },
  M12: ({ check }) => { check.entered?.('memory_notify', ['MEM_GOING_OFFLINE', arg]); },
  M14: ({ k }) => { k.adjust_present_page_count(movable(k), undefined, 1, first); },
  M15: ({ k }) => { k.vmemmap_free(first, 32768); },
};

describe('every invariant of blocks that hold their memmap', () => {
  test('has a state that breaks it', () => {
    expect(all.map((one) => one.id)).toEqual(Object.keys(breaks));
  });

  const each = all.flatMap((one) =>
    ['v6.1.104', 'v6.12'].map((version) => [one.id, version, one] as const));
  test.each(each)(
    '%s on %s', (id, version, invariant) => {
      const { k, check } = online(invariant, version);
      expect([...check.violations()]).toEqual([]);
      const veto = (action: string): number => (action === 'MEM_GOING_OFFLINE' ? -16 : 0);
      k.state.notifiers.push({ name: 'veto', priority: 0, notifier_call: veto });
      expect(store(k, 48, 'offline')).toBe(-16);
      k.state.notifiers.pop();
      expect([...check.violations()]).toEqual([]);
      expect(store(k, 48, 'offline')).toBe(0);
      expect([...check.violations()]).toEqual([]);
      expect(removeDimm(k, dimm)).toBe(0);
      expect([...check.violations()]).toEqual([]);
      expect(k.state.zero_shadow).toEqual([]);

      const broken = online(invariant, version);
      at([breaks[id]], 0)?.(broken);
      const found = [...broken.check.violations()];
      expect(found.length).toBeGreaterThan(0);
      for (const text of found) expect(text).toMatch(/^[\x20-\x7e]+$/);
    });
});

describe('M12', () => {
  const begun = () => told(at(all.filter(({ id }) => id === 'M12'), 0), 'v6.1').check;

  test('wants the range that was announced', () => {
    const check = begun();
    check.entered?.('memory_notify', ['MEM_GOING_ONLINE', arg]);
    check.entered?.('memory_notify', ['MEM_ONLINE', { ...arg, nr_pages: 32768 }]);
    expect([...check.violations()].join()).toContain('ends nothing that was announced');
  });

  test('wants one finish for what was prepared', () => {
    const check = begun();
    check.entered?.('memory_notify', ['MEM_PREPARE_ONLINE', arg]);
    check.entered?.('memory_notify', ['MEM_GOING_ONLINE', arg]);
    check.entered?.('memory_notify', ['MEM_CANCEL_ONLINE', arg]);
    expect([...check.violations()].join()).toContain('was not finished');
    check.entered?.('memory_notify', ['MEM_FINISH_OFFLINE', arg]);
    expect([...check.violations()].join()).toContain('was not prepared');
  });
});

test('a task that dies with mem_hotplug_lock takes it along', () => {
  const k = bootKernel('v6.1', []);
  addDimm(k, { block: 48, blocks: 2 });
  k.state.notifiers.push({ name: 'dies', priority: 0, notifier_call: () => k.BUG('test', 'dead') });
  expect(drive(k.memory_subsys_online(blockAt(k, 48), 'online'))).toBe('BUG');
  expect(k.state.mem_hotplug_lock).toBe('lost');
  expect(drive(k.memory_subsys_online(blockAt(k, 49), 'online'))).toBe('hang');
});
