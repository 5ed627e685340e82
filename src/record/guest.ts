import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UsageError } from '../base/errors.js';
import { DataChannel } from './channel.js';
import { Console, GuestLost } from './console.js';
import { buildInitramfs } from './initramfs.js';
import type { KernelImage } from './kernel_image.js';
import { everyBootParameter, memoryArgs } from './qemu_args.js';
import { openQmp, type Qmp } from './qmp.js';
import type { Scenario } from './scenario.js';

/** A booted guest. */
export interface Guest {
  readonly console: Console;
  readonly qmp: Qmp;
  /** What a script prints in the guest, through the fast channel. */
  fetch(script: string): Promise<Buffer>;
  /** Ends QEMU and removes its files. */
  stop(): Promise<void>;
}

export interface GuestOptions {
  readonly busybox: string;
  readonly qemu: string;
  /** kvm, tcg, or undefined: KVM when it can be used. */
  readonly accel: string | undefined;
  /** How long booting may take, in seconds. */
  readonly boot_s: number;
}

function canUseKvm(): boolean {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** `kvm` when QEMU can use it here, else `tcg`. */
export function chooseAccel(): string {
  return canUseKvm() ? 'kvm' : 'tcg';
}

function channelArgs(folder: string): string[] {
  return ['-chardev', `file,id=fast,path=${join(folder, 'fast')}`,
    '-device', 'virtio-serial-pci', '-device', 'virtserialport,chardev=fast,name=mmreplay',
    '-chardev', `file,id=slow,path=${join(folder, 'slow')}`, '-serial', 'chardev:slow'];
}

function qemuArgs(scenario: Scenario, kernel: KernelImage, accel: string, folder: string): string[] {
  const { machine } = scenario;
  return ['-machine', machine.type, '-accel', accel, ...(accel === 'kvm' ? ['-cpu', 'host'] : []),
    '-smp', String(machine.cpus), ...memoryArgs(machine), '-nodefaults', '-no-user-config',
    '-display', 'none', '-no-reboot', '-kernel', kernel.file, '-initrd', join(folder, 'initramfs'),
    '-append', `${everyBootParameter} ${scenario.cmdline}`.trimEnd(),
    '-qmp', `unix:${join(folder, 'qmp')},server=on,wait=off`, '-serial', 'stdio',
    ...channelArgs(folder)];
}

/** @throws UsageError when QEMU cannot be started at all */
function startQemu(qemu: string, args: readonly string[]): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    const child = spawn(qemu, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    child.once('spawn', () => resolve(child));
    child.once('error', (error) => reject(new UsageError(
      `${qemu}: ${error.message}; install qemu-system-x86 or say --qemu`)));
  });
}

function watchConsole(child: ChildProcess): Console {
  if (child.stdout === null || child.stdin === null) throw new Error('QEMU without pipes');
  const guestConsole = new Console(child.stdout, child.stdin);
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => { complaint += chunk.toString(); });
  child.once('close', (code, signal) => {
    guestConsole.end(`QEMU ended with ${signal ?? `status ${code}`} ${complaint.trim()}`.trim());
  });
  return guestConsole;
}

async function stopQemu(child: ChildProcess, qmp: Qmp | undefined): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const closed = new Promise((resolve) => child.once('close', resolve));
    qmp?.execute('quit').catch(() => {});
    await Promise.race([closed, sleep(2000)]);
    child.kill('SIGKILL');
    await closed;
  }
  qmp?.close();
}

/**
 * Boots a kernel on the scenario's machine and waits for its shell.
 * @throws GuestLost when it does not come up; its console log is in the error's `cause`
 * @throws UsageError when QEMU is missing or refuses the machine
 */
export async function bootGuest(
  scenario: Scenario, kernel: KernelImage, options: GuestOptions,
): Promise<Guest> {
  const folder = mkdtempSync(join(tmpdir(), 'mmreplay-'));
  writeFileSync(join(folder, 'initramfs'), buildInitramfs(kernel, options.busybox));
  const accel = options.accel ?? chooseAccel();
  let child: ChildProcess | undefined;
  let qmp: Qmp | undefined;
  const stop = async (): Promise<void> => {
    if (child !== undefined) await stopQemu(child, qmp);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    child = await startQemu(options.qemu, qemuArgs(scenario, kernel, accel, folder));
    const guestConsole = watchConsole(child);
    try {
      await guestConsole.waitFor(/@@ready/, options.boot_s, `boot of ${kernel.release} (${accel})`);
    } catch (error) {
      throw new Error((error as Error).message, { cause: { error, log: guestConsole.log } });
    }
    qmp = await openQmp(join(folder, 'qmp'));
    const channel = await DataChannel.open(guestConsole, folder);
    return { console: guestConsole, qmp, fetch: (script) => channel.fetch(script), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Blocked tasks, printed to the console by SysRq (a break on the serial line), after a hang. */
export async function printBlockedTasks(guest: Guest): Promise<void> {
  for (const key of ['9', 'w', 'l']) {
    try {
      await guest.qmp.execute('chardev-send-break', { id: 'serial0' });
    } catch {
      return; // QEMU has ended: there is nothing more to ask.
    }
    guest.console.type(key);
    await sleep(1000);
  }
}

export { GuestLost };
