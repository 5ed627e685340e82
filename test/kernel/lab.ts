import { existsSync, readFileSync } from 'node:fs';
import { describe } from 'vitest';
import { bootWithBestAccel, type RecordWith } from '../../src/record/accel.js';
import { DIRECTORY, EXECUTABLE, type CpioEntry } from '../../src/record/cpio.js';
import type { Guest } from '../../src/record/guest.js';
import { findBusybox } from '../../src/record/initramfs.js';
import { openKernelImage } from '../../src/record/kernel_image.js';
import { recordable } from '../../src/record/recordable.js';
import { locateScenario } from '../../src/trace/scenario/scenario.js';
import { kernels, olderKernels, type LabKernel } from './kernels.js';

/** Tests for a kernel, and which one of them it is. */
type KernelTests = (file: string, index: number) => void;

/** Skipped by name, with the reason, when the kernel cannot be booted here. */
function onKernel(title: string, kernel: LabKernel, body: KernelTests): void {
  const { name, file, whyNot } = kernel;
  const reason = whyNot === undefined ? '' : ` (skipped: ${whyNot})`;
  describe.skipIf(whyNot !== undefined)(`${title} on ${name}${reason}`,
    () => body(file, kernels.indexOf(kernel)));
}

/** For what depends on the kernel. */
export function onEachKernel(title: string, body: KernelTests): void {
  for (const kernel of kernels) onKernel(title, kernel, body);
}

/** For what is to hold on kernels before those, too. */
export function onOlderKernels(title: string, body: KernelTests): void {
  for (const kernel of olderKernels) onKernel(title, kernel, body);
}

/** For what does not depend on the kernel. */
export function onNewestKernel(title: string, body: KernelTests): void {
  for (const kernel of kernels.slice(-1)) onKernel(title, kernel, body);
}

/** How the tests boot: MMREPLAY_ACCEL may say `kvm` or `tcg`, which saves the attempt. */
export const bootOptions = (): RecordWith => ({
  busybox: findBusybox(), qemu: 'qemu-system-x86_64', boot_s: 120,
  accel: process.env.MMREPLAY_ACCEL as RecordWith['accel'],
});

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
  const scenario = recordable('lab', locateScenario('lab', JSON.stringify({
    name: 'lab', note: '', cmdline: 'memhp_default_state=offline', steps: [],
    machine: { type: 'q35', memory: '1024M',
      nodes: [{ memory: '1024M', cpus: '0-1' }, {}] },
  })));
  const { guest } = await bootWithBestAccel(scenario, openKernelImage(kernel),
    { ...bootOptions(), extra: dashFiles() });
  return guest;
}
