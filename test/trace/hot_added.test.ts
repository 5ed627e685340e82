/**
 * Memory blocks of the first snapshot where the boot has none came before the recording began:
 *
 *     boot map   [ 1 GiB ]
 *     snapshot   [ memory0..7 ]     [ memory100 ][ memory101 ] ...
 *     inputs                        add_memory    online       online ...
 */
import { expect, test } from 'vitest';
import { hotAddedBefore } from '../../src/trace/kernel_text/recording/hot_added.js';

const boot = [{ event: 'e820', args: 'start=0x0 end=0x40000000 type=usable' }] as const;
const blocks = (count: number): ReadonlyMap<number, string> => new Map(
  Array.from({ length: count }, (_, id) =>
    [100 + id, 'state=online valid_zones=Movable nodes=0'] as const));
const added = (count: number) => hotAddedBefore(
  boot, { file: 'snapshot-00.txt', text: '', rows: [], blocks: blocks(count) }, 32768).inputs;

/** Expect: one add of all that follow each other, and an online of each. */
test('is added in one call and brought online block by block', () => {
  const inputs = added(2).filter(({ phase }) => phase === 'B');
  expect(inputs.map(({ event, pfn, nr_pages }) => [event, pfn, nr_pages])).toEqual([
    ['add_memory', 100 * 32768, 65536], ['online_movable', 100 * 32768, 32768],
    ['online_movable', 101 * 32768, 32768]]);
});

/** Expect: refused with the file, before 300,000 inputs are replayed once for each policy. */
test('is refused where no machine was ever grown by so much', () => {
  expect(() => added(2 ** 18 + 1)).toThrow(
    /^snapshot-00\.txt: has 262145 memory blocks .* expected 262144 hot-added ones at most/);
});
