import { MIB } from '../base/pfn.js';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Guest } from './guest.js';
import type { Json } from '../base/located_json.js';
import type { QmpEvent } from './qmp.js';
import type { Action, StepResult } from './action.js';

type Wanted = (event: QmpEvent) => boolean;

/** The first event from `start` on that is wanted; undefined after `seconds`. */
async function eventAfter(guest: Guest, start: number, wanted: Wanted, seconds: number):
Promise<QmpEvent | undefined> {
  for (let waited = 0; waited < seconds * 1000; waited += 50) {
    const found = guest.qmp.events.slice(start).find(wanted);
    if (found !== undefined) return found;
    await sleep(50);
  }
  return undefined;
}

/** QEMU's refusal of a command is a result, not an accident. */
async function executeAll(guest: Guest, commands: readonly (readonly [string, object])[]):
Promise<string | undefined> {
  for (const [command, args] of commands) {
    try {
      await guest.qmp.execute(command, args);
    } catch (error) {
      return (error as Error).message;
    }
  }
  return undefined;
}

const ostInfo = (event: QmpEvent): { readonly [key: string]: Json } =>
  (event.data.info ?? {}) as { readonly [key: string]: Json };

/** What the guest's ACPI said through _OST of an insertion or an ejection of the device. */
const isOst = (device: string) => (event: QmpEvent): boolean =>
  event.event === 'ACPI_DEVICE_OST' && ostInfo(event).device === device;

// _OST status codes: ACPI 6.5, section 6.3.5.
const OST_SUCCESS = 0;
const OST_EJECT_IN_PROGRESS = 0x84;

function saysNo(event: QmpEvent): boolean {
  const refusals = ['MEM_UNPLUG_ERROR', 'DEVICE_UNPLUG_GUEST_ERROR'];
  const status = ostInfo(event).status;
  return refusals.includes(event.event) || (event.event === 'ACPI_DEVICE_OST' &&
    status !== OST_SUCCESS && status !== OST_EJECT_IN_PROGRESS);
}

/** Adds a DIMM and waits until ACPI in the guest has answered. */
export const runAddDimm: Action = async (guest, step, seconds) => {
  const [id, device] = [`dimm${step.id}-ram`, `dimm${step.id}`];
  const start = guest.qmp.events.length;
  const refused = await executeAll(guest, [
    ['object-add', { 'qom-type': 'memory-backend-ram', id, size: Number(step.size_mb) * MIB }],
    ['device_add', { driver: 'pc-dimm', id: device, memdev: id, node: step.node,
      ...(step.address === undefined ? {} : { addr: Number(step.address) }) }],
  ]);
  if (refused !== undefined) return { rc: 1, stderr: refused };
  const ost = await eventAfter(guest, start, isOst(device), seconds);
  if (ost === undefined) return { rc: 1, stderr: `no answer of the guest in ${seconds} s` };
  const status = ostInfo(ost).status;
  return status === OST_SUCCESS ? { rc: 0 } : { rc: 1, stderr: `_OST status ${String(status)}` };
};

/** Asks the guest to give a DIMM back; it may refuse. */
export const runRemoveDimm: Action = async (guest, step, seconds) => {
  const device = `dimm${step.id}`;
  const start = guest.qmp.events.length;
  const refused = await executeAll(guest, [['device_del', { id: device }]]);
  if (refused !== undefined) return { rc: 1, stderr: refused };
  const isEnd = (event: QmpEvent): boolean =>
    (event.event === 'DEVICE_DELETED' && event.data.device === device) ||
    ([event.data.device, ostInfo(event).device].includes(device) && saysNo(event));
  const end = await eventAfter(guest, start, isEnd, seconds);
  if (end === undefined) return { rc: 1, stderr: `no answer of the guest in ${seconds} s` };
  if (end.event !== 'DEVICE_DELETED') {
    return { rc: 1, stderr: `refused: ${end.event} ${JSON.stringify(ostInfo(end))}` };
  }
  await executeAll(guest, [['object-del', { id: `${device}-ram` }]]);
  return { rc: 0 };
};

async function pluggedSize(guest: Guest, id: string): Promise<number> {
  const path = `/machine/peripheral/${id}`;
  return Number(await guest.qmp.execute('qom-get', { path, property: 'size' }));
}

// The driver retries for ever: it counts as done when its size has not changed for so long.
const SETTLED_MS = 6000;

async function settledSize(guest: Guest, id: string, wanted: number, seconds: number):
Promise<number> {
  let [size, quiet] = [await pluggedSize(guest, id), 0];
  for (let waited = 0; waited < seconds * 1000 && quiet < SETTLED_MS && size !== wanted;) {
    await sleep(100);
    const now = await pluggedSize(guest, id);
    [quiet, waited] = [now === size ? quiet + 100 : 0, waited + 100];
    size = now;
  }
  return size;
}

// The device has its size before the guest has removed the blocks: on until nothing more is traced
// for a second. At level page something always is, so that there is an end.
const untilQuiet = `cd /sys/kernel/tracing/instances/mmreplay || exit 0
for i in 1 2 3 4 5 6 7 8 9 10; do
now=$(grep -h '^entries' per_cpu/cpu*/stats); [ "$now" != "$before" ] || break
before=$now; sleep 1
done`;

/** Sets what a virtio-mem device asks of the guest; loads the guest's driver at first use. */
export const runVirtioMem: Action = async (guest, step, seconds): Promise<StepResult> => {
  const id = String(step.id);
  const wanted = Number(step.requested_mb) * MIB;
  const refused = await executeAll(guest, [['qom-set',
    { path: `/machine/peripheral/${id}`, property: 'requested-size', value: wanted }]]);
  if (refused !== undefined) return { rc: 1, stderr: refused };
  await guest.console.run('grep -q ^virtio_mem /proc/modules || ' +
    'for module in /mod/virtio_mem/*.ko; do [ -e "$module" ] && insmod "$module"; done', seconds);
  const size = await settledSize(guest, id, wanted, seconds);
  await guest.console.run(untilQuiet, seconds);
  return { rc: size === wanted ? 0 : 1, plugged_mb: size / MIB };
};
