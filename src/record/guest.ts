import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UsageError } from '../base/errors.js';
import { everyBootParameter, type Scenario } from '../trace/scenario/scenario.js';
import { DataChannel } from './channel.js';
import { Console, GuestLost } from './console.js';
import type { CpioEntry } from './cpio.js';
import { buildInitramfs } from './initramfs.js';
import { endWithUs, interruptedBy } from './interrupt.js';
import type { KernelImage } from './kernel_image.js';
import { cxlArgs, memoryArgs, optionPath } from './qemu_args.js';
import { openQmp, type Qmp } from './qmp.js';

export type Accel = 'kvm' | 'tcg';

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
  readonly accel: Accel;
  /** How long booting may take, in seconds. */
  readonly boot_s: number;
  /** Files for the initramfs beside what every guest has. */
  readonly extra?: readonly CpioEntry[];
}

function channelArgs(folder: string): string[] {
  return ['-chardev', `file,id=fast,path=${optionPath(join(folder, 'fast'))}`,
    '-device', 'virtio-serial-pci', '-device', 'virtserialport,chardev=fast,name=mmreplay',
    '-chardev', `file,id=slow,path=${optionPath(join(folder, 'slow'))}`, '-serial', 'chardev:slow'];
}

/**
 * TCG runs the CPUs in turn. With a thread for each, one can run an instruction that another has
 * just replaced for good (a static key), which no processor does, and the guest dies of it.
 */
const accelArgs: Readonly<Record<Accel, readonly string[]>> = {
  kvm: ['-accel', 'kvm'],
  tcg: ['-accel', 'tcg,thread=single'],
};

/** A kernel that knows of a hypervisor does not map CXL memory: it could not flush its caches. */
function cpuArgs({ machine }: Scenario, accel: Accel): readonly string[] {
  const model = accel === 'kvm' ? 'host' : 'qemu64';
  if (machine.cxl.length > 0) return ['-cpu', `${model},-hypervisor`];
  return accel === 'kvm' ? ['-cpu', model] : [];
}

function qemuArgs(scenario: Scenario, kernel: KernelImage, accel: Accel, folder: string): string[] {
  const { machine } = scenario;
  return ['-machine', machine.type, ...accelArgs[accel], ...cpuArgs(scenario, accel),
    '-smp', String(machine.cpus), ...memoryArgs(machine), '-nodefaults', '-no-user-config',
    '-display', 'none', '-no-reboot', '-kernel', kernel.file, '-initrd', join(folder, 'initramfs'),
    '-append', `${everyBootParameter} ${scenario.cmdline}`.trimEnd(),
    '-qmp', `unix:${optionPath(join(folder, 'qmp'))},server=on,wait=off`, '-serial', 'stdio',
    ...channelArgs(folder), ...cxlArgs(machine)];
}

/**
 * Where util-linux is, the kernel ends QEMU when this program is killed (PR_SET_PDEATHSIG): then
 * nobody else can.
 */
function endsWithParent(qemu: string): readonly string[] {
  const find = (name: string): string | undefined => (name.includes('/') ? [name]
    : (process.env.PATH ?? '').split(':').map((folder) => join(folder, name))).find(existsSync);
  const setpriv = find('setpriv');
  return setpriv === undefined || find(qemu) === undefined ? []
    : [setpriv, '--pdeathsig', 'KILL', '--'];
}

/** @throws UsageError when QEMU cannot be started at all */
function startQemu(qemu: string, args: readonly string[]): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    const [program, ...words] = [...endsWithParent(qemu), qemu, ...args] as [string, ...string[]];
    const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'pipe'] });
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

/** A QEMU that ends without a word of the guest has refused its arguments. */
async function waitForShell(guestConsole: Console, seconds: number): Promise<void> {
  try {
    await guestConsole.waitFor(/@@ready/, seconds, 'boot');
  } catch (error) {
    const refused = error instanceof GuestLost && error.kind === 'exit' && error.log === '';
    if (!refused || interruptedBy() !== undefined) throw error;
    const isOld = error.message.includes('volatile-memdev');
    throw new UsageError(error.message
      + (isOld ? '; CXL memory needs QEMU 8.1 or newer, which --qemu can name' : ''));
  }
}

/**
 * Boots a kernel on the scenario's machine and waits for its shell.
 * @throws GuestLost when it does not come up
 * @throws UsageError when QEMU is missing or refuses the machine
 */
export async function bootGuest(
  scenario: Scenario, kernel: KernelImage, options: GuestOptions,
): Promise<Guest> {
  const folder = mkdtempSync(join(tmpdir(), 'mmreplay-'));
  let child: ChildProcess | undefined;
  let qmp: Qmp | undefined;
  const stop = async (): Promise<void> => {
    if (child !== undefined) await stopQemu(child, qmp);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    writeFileSync(join(folder, 'initramfs'),
      buildInitramfs(kernel, options.busybox, options.extra));
    child = await startQemu(options.qemu, qemuArgs(scenario, kernel, options.accel, folder));
    endWithUs(child);
    const guestConsole = watchConsole(child);
    await waitForShell(guestConsole, options.boot_s);
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
