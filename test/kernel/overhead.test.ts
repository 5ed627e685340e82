/**
 * What recording costs, measured in a guest: prints the times that traces/scenarios/README.md and
 * the recorder's usage state. Fails when the guest does not record; no time decides.
 */
import { basename } from 'node:path';
import { expect, it } from 'vitest';
import { actions } from '../../src/record/actions.js';
import type { Guest } from '../../src/record/guest.js';
import { bootLab, onEachKernel } from './lab.js';

const state = '/sys/devices/system/memory/memory32/state';
const onlineOffline = `for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
echo online_movable > ${state}; echo offline > ${state}; done`;
const fill = 'dd if=/dev/zero of=/run/x bs=1M count=200 2>/dev/null; rm /run/x';
const ROUNDS = 3;

/** Milliseconds of the guest's clock that a script takes; the least of some rounds. */
async function milliseconds(guest: Guest, script: string): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { stdout } = await guest.console.run(
      `read a b < /proc/uptime; ${script}\nread c d < /proc/uptime; echo $a $c`, 120);
    const [start = 0, end = 0] = stdout.split(' ').map(Number);
    times.push((end - start) * 1000);
  }
  return Math.min(...times);
}

async function recorded(guest: Guest, level: string, script: string): Promise<number> {
  const { rc } = await guest.console.run(
    `sh /record.sh -l ${level} begin /run/r && sh /record.sh resume /run/r`, 60);
  expect(rc).toBe(0);
  try {
    return await milliseconds(guest, script);
  } finally {
    await guest.console.run('sh /record.sh end /run/r', 120);
  }
}

onEachKernel('overhead of the recorder', (file) => {
  it('is printed, with and without the recorder', async () => {
    const guest = await bootLab(file);
    try {
      await actions['add-dimm'](guest, { action: 'add-dimm', id: 1, size_mb: 128, node: 1 }, 60);
      const plain = await milliseconds(guest, onlineOffline);
      const hotplug = await recorded(guest, 'hotplug', onlineOffline);
      const plainFill = await milliseconds(guest, fill);
      const hotplugFill = await recorded(guest, 'hotplug', fill);
      const pageFill = await recorded(guest, 'page', fill);
      const ms = (time: number): string => `${Math.round(time)} ms`;
      console.log(`${basename(file)}: 20 x online+offline of a block ${ms(plain)}, at level ` +
        `hotplug ${ms(hotplug)}; 200 MiB of tmpfs ${ms(plainFill)}, at level hotplug ` +
        `${ms(hotplugFill)}, at level page ${ms(pageFill)}`);
      for (const time of [plain, hotplug, plainFill, hotplugFill, pageFill]) {
        expect(time).toBeGreaterThan(0);
      }
    } finally {
      await guest.stop();
    }
  });
});
