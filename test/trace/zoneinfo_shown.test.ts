/** Which call of zoneinfo_show() printed what a snapshot has of a node. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { freeRow, readZoneinfo } from '../../src/trace/kernel_text/snapshot/zoneinfo.js';
import { nodeTexts, shownTimes } from '../../src/trace/kernel_text/snapshot/zoneinfo_shown.js';

const snapshot = (name: string, file: string): string =>
  readFileSync(join(packageRoot(), 'traces/recordings', name, file), 'utf8');

/** Nodes 0, 1, ... with texts of so many bytes. */
const nodes = (...lengths: readonly number[]) => lengths.map((length, nid) => ({ nid, length }));

describe('the nodes of a snapshot', () => {
  it('are those of its zoneinfo, which they fill', () => {
    const text = snapshot('three-memory-nodes-6.12', 'snapshot-00.txt');
    const found = nodeTexts(text);
    expect(found.map(({ nid }) => nid)).toEqual([0, 1, 2]);
    const zoneinfo = /#FILE zoneinfo\n([^#]*)/.exec(text)?.[1] ?? '';
    expect(found.reduce((sum, { length }) => sum + length, 0)).toBe(zoneinfo.length);
  });

  it('are none of other files', () => {
    expect(nodeTexts('#FILE buddyinfo\nNode 0, zone DMA 1 2\n')).toEqual([]);
  });
});

describe('the lists of CPUs', () => {
  const told = (cpu: number): string => {
    const lines = ['Node 0, zone   Normal', '  pages free 5', '    cpu: 1', '      count: 7',
      `    cpu: ${cpu}`, '      count: 9'];
    const [zone] = readZoneinfo(lines, 1);
    const taken = { first: false, pageLevel: true, readAt: undefined };
    return zone === undefined ? '' : freeRow(zone, taken).args ?? '';
  };

  // Expect: CPUs that are offline are left out; a number that is no CPU's takes no memory.
  it.each([[3, '-/7/-/9'], [3471603248, '7/9']])('CPU 1 and %i', (cpu, words) => {
    expect(told(cpu)).toContain(words);
  });
});

describe('the call that counts', () => {
  // Expect: a buffer of 4096 bytes that grows only for the first node it has to take.
  it.each([
    ['one node', nodes(3802), [10], [10]],
    ['one node that needs a larger buffer', nodes(4541), [10, 20], [20]],
    ['much larger', nodes(9000), [10, 20, 30], [30]],
    ['two nodes that fit together', nodes(2000, 1100), [10, 20], [10, 20]],
    ['two nodes that do not: the second is tried, and read later', nodes(3802, 1145),
      [10, 20, 30], [10, 30]],
    ['two nodes, one after the buffer grew', nodes(4541, 1145), [10, 20, 30], [20, 30]],
  ] as const)('%s', (_, texts, shown, times) => {
    expect([...shownTimes(texts, shown)?.values() ?? []]).toEqual(times);
  });

  it('is not known when one is missing, or somebody else reads too', () => {
    expect(shownTimes(nodes(3802, 1145), [10, 20])).toBeUndefined();
    expect(shownTimes(nodes(3802, 1145), [10, 15, 20, 25, 30, 35])).toBeUndefined();
    expect(shownTimes(nodes(3802), [])).toBeUndefined();
  });

  it('depends on how much the reader asks for, which the number of calls tells', () => {
    const texts = nodes(1000, 6000, 7000);
    expect([...shownTimes(texts, [10, 20, 30, 40, 50])?.values() ?? []]).toEqual([10, 40, 50]);
    expect([...shownTimes(texts, [10, 20, 30, 40, 50, 60])?.values() ?? []])
      .toEqual([10, 40, 60]);
  });
});
