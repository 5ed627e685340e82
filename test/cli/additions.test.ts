/**
 * What a policy adds: state, a node state, a counter, a function, an event of a trace.
 *
 *     node 0: 512 MiB   node 1: 512 MiB, which an event of the policy makes private
 *
 * Expect: the lists leave node 1 out with the policy, and show it among the node states.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { mmreplay, type Ran } from './command.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-'));
afterAll(() => rmSync(folder, { recursive: true }));

const policy = `import { additions, definePatch } from 'mmreplay';
const mine = additions({
  state: () => ({ lists: [] as number[] }),
  node_states: { private: 'memory that only its driver gives away' },
  counters: { left_out: 'lists without a private node' },
  functions: { is_private: (k, nid: number): boolean => mine(k).node_states.private.has(nid) },
  events: {
    make_private(k, { nid = 0 }) {
      mine(k).node_states.private.add(nid);
      k.__build_all_zonelists(undefined);
    },
  },
});
export default definePatch({
  id: 'mine/private', subject: '', author: '', link: '', base: 'v6.12', doc: '', adds: mine,
  wraps: {
    build_zonerefs_node: (next) => (k, pgdat) => {
      if (!mine(k).is_private(pgdat.nid)) return next(k, pgdat);
      mine(k).counters.left_out = mine(k).state.lists.push(pgdat.nid);
      return [];
    },
  },
});
`;
const scenario = `name: private
note: a node becomes private
kernel: v6.12
machine: {type: q35, memory: 1024M, nodes: [{memory: 512M, cpus: 0-1}, {memory: 512M}]}
steps:
  - {action: policy_call, call: make_private, nid: 1}
`;

function run(text: string, call = 'make_private'): Ran {
  writeFileSync(join(folder, 'private.ts'), text);
  writeFileSync(join(folder, 'one.yaml'), scenario.replace('make_private', call));
  return mmreplay(['run', 'one.yaml', '-p', './private.ts', '--no-cache'], folder);
}

test('they are seen, counted, called and shown', () => {
  const { status, stdout, stderr } = run(policy);
  expect([status, stderr]).toEqual([1, '']);
  expect(stdout).toContain('+node states: private 1');
  expect(stdout).toContain('-zonelist 0 fallback: 0:DMA32 0:DMA 1:DMA32');
  // Twice for node 1 itself, once for the fallback of node 0.
  expect(stdout).toMatch(/left out +0 +3/);
  expect(stdout).toMatch(/is_private\(\) on 2 events/);
  const shown = mmreplay(['show', 'is_private', '-p', './private.ts'], folder);
  expect(shown.stdout).toContain('function is_private of mine/private');
});

test('a slip of the pen is refused with the nearest word, in the policy and in the trace', () => {
  expect(run(policy.replace('is_private(pgdat', 'is_privte(pgdat')).stderr)
    .toMatch(/private\.ts:18:\d+: .*is_privte.*Did you mean 'is_private'\?/);
  expect(run(policy.replace('left_out:', 'drains:').replace('.left_out', '.drains')).stderr)
    .toMatch(/private\.ts:5: adds\.counters: the kernel has drains already/);
  const { status, stderr } = run(policy, 'make_privat');
  expect(status).toBe(2);
  expect(stderr).toContain('one.yaml:6: policy_call: no policy of this run adds an event');
});
