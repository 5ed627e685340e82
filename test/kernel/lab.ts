import { existsSync, readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { DIRECTORY, EXECUTABLE, type CpioEntry } from '../../src/record/cpio.js';
import { bootWithBestAccel } from '../../src/record/accel.js';
import type { Guest } from '../../src/record/guest.js';
import { findBusybox } from '../../src/record/initramfs.js';
import { openKernelImage } from '../../src/record/kernel_image.js';
import { parseScenario } from '../../src/trace/scenario/scenario.js';

/** Boot images to test with: paths in MMREPLAY_KERNELS, separated by `:`. */
export const kernelFiles = (process.env.MMREPLAY_KERNELS ?? '').split(':').filter((f) => f !== '');

function reasonToSkip(): string | undefined {
  if (kernelFiles.length === 0) return 'MMREPLAY_KERNELS names no kernel images';
  if (spawnSync('qemu-system-x86_64', ['--version']).status !== 0) return 'no qemu-system-x86_64';
  try {
    findBusybox();
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}

/** Why kernels cannot be booted here; undefined when they can. */
export const whyNot = reasonToSkip();

/** dash and the libraries it needs, for the guest. */
export function dashFiles(): CpioEntry[] {
  const files = ['bin/dash', 'lib64/ld-linux-x86-64.so.2', 'lib/x86_64-linux-gnu/libc.so.6'];
  if (!files.every((file) => existsSync(`/${file}`))) return [];
  const folders = ['lib64', 'lib', 'lib/x86_64-linux-gnu']
    .map((path) => ({ path, mode: DIRECTORY }));
  return [...folders, ...files.map((path) =>
    ({ path, mode: EXECUTABLE, data: readFileSync(`/${path}`) }))];
}

/** A guest of 1 GiB with a memory-less node 1. */
export async function bootLab(kernel: string): Promise<Guest> {
  const scenario = parseScenario('lab', JSON.stringify({
    name: 'lab', note: '', cmdline: 'memhp_default_state=offline', steps: [],
    machine: { type: 'q35', memory: '1024M',
      nodes: [{ memory: '1024M', cpus: '0-1' }, {}] },
  }));
  const { guest } = await bootWithBestAccel(scenario, openKernelImage(kernel), {
    busybox: findBusybox(), qemu: 'qemu-system-x86_64', boot_s: 120, extra: dashFiles(),
    accel: process.env.MMREPLAY_ACCEL as 'kvm' | 'tcg' | undefined,
  });
  return guest;
}
