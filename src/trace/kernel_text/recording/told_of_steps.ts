/** What a recording tells of its steps beside the trace: kept apart from the rows of each. */
import { bootOnlineType } from '../log/boot_param.js';
import type { Dmesg } from '../log/dmesg.js';
import type { DaxRanges } from './dax_devices.js';
import type { RecordingInfo, Step } from './recording_info.js';
import { seesNoCalls, type AddedRange } from './unseen_calls.js';
import { virtioMemIds, type VirtioMemDevice } from './virtio_mem.js';

/** What the log, info.json and the snapshots tell of all steps. */
export interface ToldOfSteps {
  /** What the kernel does with added blocks from its boot on. */
  readonly autoOnline: string | undefined;
  /** By QEMU's ids. */
  readonly virtioMem: ReadonlyMap<string, VirtioMemDevice>;
  /** Calls of kernel functions are in no event: what a step did is known by the step alone. */
  readonly unseen: boolean;
  /** The kernel has no ZONE_DMA: its zones are numbered from the next one on. */
  readonly lacksDma: boolean;
  /** Where the memory of a step's DIMM came. */
  readonly addedRange: (step: Step) => AddedRange | undefined;
  /** Devices that kmem has, by the snapshot after the running step. */
  readonly kmemShown: () => DaxRanges;
}

/** Of a text that has nothing beside it. */
export const nothingTold: ToldOfSteps = {
  autoOnline: undefined, virtioMem: new Map(), unseen: false, lacksDma: false,
  addedRange: () => undefined,
  kmemShown: () => new Map(),
};

/** By the parameters of the boot and info.json. */
export function toldOfSteps(
  info: RecordingInfo, dmesg: Dmesg,
): Pick<ToldOfSteps, 'autoOnline' | 'virtioMem' | 'unseen' | 'lacksDma'> {
  const param = dmesg.rows.find(({ row }) => row.event === 'boot_param')?.row.args ?? '';
  return {
    autoOnline: bootOnlineType(param),
    virtioMem: virtioMemIds(info.qemu?.args ?? [], dmesg.facts.virtio_mem),
    unseen: seesNoCalls(info), lacksDma: dmesg.facts.config['ZONE_DMA'] === 'n',
  };
}
