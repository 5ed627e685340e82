/** drivers/base/memory.c, drivers/acpi: what is asked for in vain. */
import { describe, expect, it } from 'vitest';
import type { Kernel } from '../../src/linux/base/kernel.js';
import {
  SECTION, addDimm, blockAt, bootKernel, q35, removeDimm, store,
} from './hotplug_machine.js';

const zonesOf = (k: Kernel, id: number): string => k.valid_zones_show(blockAt(k, id));

/**
 * A word that comes too late (7.3.4, words that are refused):
 *
 *     memory48 [ Normal, online ]  <- online_movable: -EINVAL, and the block keeps the word
 *     memory49 [ Normal, online ]
 *     DIMM out: memory49 offline, memory48 refuses, memory49 online again by itself
 */
describe('a word written to a block that is online already', () => {
  // Expect: what was asked for in vain is what the block goes online as, once.
  it('is how it goes online the next time nobody says how', () => {
    const k = bootKernel('v7.3', []);
    addDimm(k, { block: 48, blocks: 2 });
    expect([store(k, 48, 'online_kernel'), store(k, 49, 'online_kernel')]).toEqual([0, 0]);
    expect(store(k, 49, 'online_movable')).toBe(-22);
    k.state.unmovable.add(48 * SECTION);
    expect(removeDimm(k, { block: 48, blocks: 2 })).toBe(-16);
    expect([zonesOf(k, 48), zonesOf(k, 49)]).toEqual(['Normal', 'Movable']);
    expect(removeDimm(k, { block: 48, blocks: 2 })).toBe(-16);
    expect(zonesOf(k, 49)).toBe('Normal');
  });
});

describe('a DIMM that was refused', () => {
  // Expect: it has no driver, so that it goes without a word to memory (7.3.4, blocks of 2 GiB).
  it('is taken out', () => {
    const k = bootKernel('v7.3', [], q35({ pages_per_block: 16 * SECTION }));
    const dimm = { block: 48, blocks: 8 };
    expect(addDimm(k, dimm)).toBe(-22);
    expect(removeDimm(k, dimm)).toBe(0);
    expect(addDimm(k, { block: 48, blocks: 16 })).toBe(0);
    expect(removeDimm(k, { block: 48, blocks: 16 })).toBe(0);
    expect(k.state.memory_blocks.has(3)).toBe(false);
  });
});
