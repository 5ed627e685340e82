import type { ActionName, Step } from '../trace/scenario/actions.js';
import { cxlRegionScript, daxHmemScript, daxKmemScript } from './dax_actions.js';
import { runAddDimm, runRemoveDimm, runVirtioMem } from './device_actions.js';
import type { Guest } from './guest.js';
import { loadScript } from './load_script.js';
import type { StepResult, Action } from './action.js';

/** As a word of a shell command. */
export const quote = (text: string | number): string =>
  `'${String(text).replaceAll("'", "'\\''")}'`;

/** `sh -c` of its own, so that the message of a refused write begins with `sh:`. */
async function shellWrite(guest: Guest, path: string, value: string, seconds: number):
Promise<StepResult> {
  const script = `sh -c ${quote(`echo ${quote(value)} > ${quote(path)}`)}`;
  const { rc, stderr } = await guest.console.run(script, seconds);
  return { rc, stderr: stderr === '' ? null : stderr };
}

const writeState: Action = (guest, step, seconds) =>
  shellWrite(guest, `/sys/devices/system/memory/memory${step.block}/state`, step.action, seconds);

/** Writes in the background leave here what came of them. */
const OFFLINES = '/run/offline';

/**
 * Begins to take a block offline and does not wait for it. A session of its own: the shell of the
 * step ends. The status appears whole, by its rename.
 */
function offlineBeginScript({ block = 0 }: Step): string {
  const result = `${OFFLINES}/${block}`;
  const write = `echo offline > /sys/devices/system/memory/memory${block}/state`;
  return `mkdir -p ${OFFLINES} && rm -f ${result}.rc ${result}.stderr
setsid sh -c ${quote(`sh -c ${quote(write)} 2> ${result}.stderr
echo $? > ${result}.new && mv ${result}.new ${result}.rc`)} </dev/null >/dev/null 2>&1 &`;
}

/** Asks what came of it, without waiting. */
const offlineResult: Action = async (guest, step, seconds) => {
  const result = `${OFFLINES}/${step.block}`;
  const { rc, stdout, stderr } = await guest.console.run(`[ -e ${result}.stderr ] || {
echo 'no offline-begin of this block' >&2; exit 1; }
[ ! -e ${result}.rc ] || { cat ${result}.rc; cat ${result}.stderr >&2; }`, seconds);
  const message = stderr === '' ? null : stderr;
  if (rc !== 0) return { rc, stderr: message };
  return stdout === '' ? { rc, ended: false }
    : { rc, ended: true, write_rc: Number(stdout), stderr: message };
};

const shell = (script: (step: Step) => string): Action => async (guest, step, seconds) => {
  const { rc, stdout, stderr } = await guest.console.run(script(step), seconds);
  return { rc, output: [stdout, stderr].filter((text) => text !== '').join('\n') };
};

/** Pages of tmpfs are movable and stay until they are freed. */
function fillScript(step: Step): string {
  const policy = step.node === undefined ? '' : `,mpol=bind:${step.node}`;
  return `mkdir -p /t/fill && mount -t tmpfs -o size=100%${policy} fill /t/fill &&
dd if=/dev/zero of=/t/fill/a bs=1M count=${step.mb} 2>&1`;
}

/** Where a kernel of one's own answers the commands of `trace/kernel_text/lab.ts`. */
const LAB_FILE = '/sys/kernel/debug/mmlab';

function labScript({ cmd = '', path = LAB_FILE }: Step): string {
  return `echo ${quote(cmd)} > ${quote(path)} && cat ${quote(path)}`;
}

const errorInjection = '/sys/kernel/debug/notifier-error-inject/memory/actions';

function notifierScript(step: Step): string {
  return `[ -d ${errorInjection} ] ||
${loadScript('notifier_error_inject', 'memory_notifier_error_inject')}
echo ${quote(step.errno ?? 0)} > ${errorInjection}/${quote(step.event ?? '')}/error`;
}

/** How each action is done. */
export const actions: Readonly<Record<ActionName, Action>> = {
  'add-dimm': runAddDimm,
  'remove-dimm': runRemoveDimm,
  'virtio-mem': runVirtioMem,
  online: writeState, online_kernel: writeState, online_movable: writeState, offline: writeState,
  'offline-begin': shell(offlineBeginScript),
  'offline-result': offlineResult,
  write: (guest, step, seconds) =>
    shellWrite(guest, String(step.path), String(step.value), seconds),
  read: shell((step) => `cat ${quote(step.path ?? '')}`),
  sh: shell((step) => String(step.cmd)),
  lab: shell(labScript),
  'fill-memory': shell(fillScript),
  'free-memory': shell(() => 'umount /t/fill'),
  'notifier-error': shell(notifierScript),
  'dax-kmem': shell(daxKmemScript),
  'dax-hmem': shell(daxHmemScript),
  'cxl-region': shell(cxlRegionScript),
  'dax-kmem-unbind': shell(({ device }) =>
    `echo ${quote(device ?? '')} > /sys/bus/dax/drivers/kmem/unbind`),
  wait: shell((step) => `sleep ${step.seconds}`),
};
