/**
 * Node lists share the load (Z16).
 *
 *     node 0 --12-- node 1
 *        |   32 all   |
 *     node 2 --12-- node 3
 *
 * Expect: nodes 2 and 3 do not both fall back to node 0 first; up to v5.15 they do (repaired by
 * 54d032ced983 of v5.16).
 */
import { expect, test } from 'vitest';
import { loadInvariants } from '../../src/observe/invariant.js';
import { ABSENT } from '../../src/observe/observation.js';
import { Recorder } from '../../src/replay/recorder.js';
import { replay } from '../../src/replay/replay.js';
import { traceOf } from '../replay/rig.js';

const MIB = 2 ** 20;
const nodes = [0, 1, 2, 3];
const near = (from: number, to: number): number =>
  (from === to ? 10 : from >> 1 === to >> 1 ? 12 : 32);

const trace = traceOf([
  { event: 'e820', args: `start=0x100000 end=${2048 * MIB} type=usable` },
  ...nodes.map((nid) => ({ event: 'srat_mem', nid,
    args: `start=${nid * 512 * MIB} end=${(nid + 1) * 512 * MIB}` } as const)),
  { event: 'srat_cpu', nid: 0, args: 'cpu=0' },
  ...nodes.flatMap((nid) => nodes.map((to) => ({ event: 'numa_distance', nid,
    args: `to=${to} distance=${near(nid, to)}` } as const))),
]);

const versions = [['v5.15', true], ['v5.18', false], ['v7.3', false]] as const;

test.each(versions)('%s: %s', async (version, broken) => {
  const invariants = (await loadInvariants()).filter(({ id }) => id === 'Z16');
  const recorder = new Recorder(trace, { probes: [], invariants }, []);
  replay(trace, { version, series: [], observers: [recorder] });
  const value = recorder.log.valueOf('invariant', 'Z16');
  if (broken) expect(value).toMatch(/^node 3 falls back to node 0 first/);
  else expect(value).toBe(ABSENT);
});
