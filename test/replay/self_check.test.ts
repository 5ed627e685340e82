/** The model's own data, broken by hand in the middle of a replay, is found at the next row. */
import { expect, test } from 'vitest';
import { at } from '../../src/base/assert.js';
import type { Kernel } from '../../src/linux/base/kernel.js';
import { ON_PCP } from '../../src/linux/mm/pages/arena.js';
import { replay } from '../../src/replay/replay.js';
import { versionOfHeader } from '../../src/replay/version.js';
import { readTrace } from '../../src/trace/read.js';
import { mmreplay } from '../cli/command.js';
import { repository } from './rig.js';

const { trace } = await readTrace(repository('traces/offline_pcp-S9-alloc-contig/trace.csv'));
const last = trace.length - 1;

/** Replays with checks; `damage` is done behind the last row. */
function broken(damage: (k: Kernel) => void): () => void {
  return () => void replay(trace, { version: versionOfHeader(trace.header), series: [], check: true,
    observers: [{ afterRow: (row, k) => { if (row === last) damage(k); } }] });
}

function arenaOf(k: Kernel) {
  const { pages } = k.state;
  if (pages === undefined) throw new Error('the trace has no pages');
  return pages.arena;
}

test('nothing is wrong with a replay', () => {
  expect(broken(() => undefined)).not.toThrow();
});

test.each<[string, (k: Kernel) => void, RegExp]>([
  ['a link that does not go back', (k) => {
    const head = at(k.state.pages?.zones ?? [], 0).heads;
    arenaOf(k).next[head] = arenaOf(k).prev[head] = head + 1;
  }, /free list 0: /],
  ['a block that is on no list', (k) => {
    const { state } = arenaOf(k);
    state[state.indexOf(0)] = ON_PCP;
  }, /blocks are in state 2, \d+ on its lists|and one before it ends at/],
  ['a count that is no number', (k) => {
    at(at(k.state.nodes, 0).node_zones, 0).managed_pages = NaN;
  },
    /0:DMA: managed_pages is NaN/],
  ['a block under another key', (k) => {
    const [[, block]] = k.state.memory_blocks as unknown as [[number, never]];
    k.state.memory_blocks.set(4711, block);
  }, /memory4711 is kept as memory0/],
  ['a zonelist with a zone of nobody', (k) => {
    const { node_zonelists: [list], node_zones } = at(k.state.nodes, 0);
    list.push({ zone: { ...at(node_zones, 0) }, zone_idx: 0 });
  }, /a zonelist of node 0 has 0:DMA as zone 0/],
  ['a count of pages that is not of its lists', (k) => {
    at(k.state.pages?.zones ?? [], 0).nr_listed += 1;
  }, /0:DMA: nr_listed is \d+ of \d+ pages/],
  ['a lock that a writer and a reader hold', (k) => {
    k.state.mem_hotplug_lock = 'held';
    k.state.mem_hotplug_readers = 1;
  }, /mem_hotplug_lock is held to write, and by 1 readers/],
  ['a task that waits and was not taken', (k) => {
    k.state.waiting = () => false;
  }, /a task waits that nobody runs/],
  ['an offline CPU that there is not', (k) => {
    k.state.offline_cpus.add(77);
  }, /CPU 77 is offline, and not present/],
  ['ranges out of order', (k) => {
    k.state.withheld.push({ start_pfn: 10, nr_pages: 1 }, { start_pfn: 5, nr_pages: 1 });
  }, /withheld: 5 to 6 comes after 11/],
])('%s is told with its row', (_, damage, message) => {
  // The end of the replay looks once more, at the last row.
  const place = `offline_pcp-S9-alloc-contig/trace.csv:${trace.where(last).line}: after `;
  expect(broken(damage))
    .toThrow(new RegExp(`mmreplay bug: .*${place}.*(?:${message.source})`, 's'));
});

test('--check looks while a command replays, and changes nothing of what it says', () => {
  const words = ['run', 'traces/zonelists-S2-dimm', '-p', 'base', '--no-cache'];
  expect(mmreplay([...words, '--check'])).toEqual(mmreplay(words));
});
