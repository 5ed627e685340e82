/**
 * CPUs that boot leaves alone, recorded with `maxcpus=1` on 7.3:
 *
 *     node 0: CPU 0, CPU 1     node 1: CPU 2       maxcpus=1, nosmp: CPU 0 alone runs
 *
 * Expect: CPU 0 has the lists of node 0 for itself until another one is brought up; node 1 has no
 * CPU before that.
 */
import { expect, test } from 'vitest';
import { bootKernel, q35 } from './hotplug_machine.js';

const boot = (cmdline: string) => bootKernel('v7.3', [], q35({
  e820: [
    { start: 0, end: 0x9fc00, type: 'usable' },
    { start: 0x100000, end: 0x40000000, type: 'usable' },
  ],
  srat: [
    { nid: 0, start: 0, end: 0x20000000, hotplug: false },
    { nid: 1, start: 0x20000000, end: 0x40000000, hotplug: false },
  ],
  cpus: [0, 0, 1], cmdline,
}));

test.each([['maxcpus=1', [0]], ['nosmp', [0]], ['maxcpus=0', [0]], ['maxcpus=2', [0, 1]],
  ['', [0, 1, 2]]])('%s', (cmdline, cpus) => {
  const k = boot(cmdline);
  expect(k.for_each_online_cpu()).toEqual(cpus);
  expect([...k.state.node_states.cpu]).toEqual(cpus.includes(2) ? [0, 1] : [0]);
});

test('a CPU that is brought up later shares the lists of its node', () => {
  const k = boot('maxcpus=1');
  const high = (): number | undefined => k.state.nodes[0]?.node_zones[1]?.pcp.high_min;
  const alone = high() ?? 0;
  k.cpu_up(1, 0);
  expect(high()).toBe(Math.floor(alone / 2));
  k.cpu_up(2, 1);
  expect([...k.state.node_states.cpu]).toEqual([0, 1]);
});
