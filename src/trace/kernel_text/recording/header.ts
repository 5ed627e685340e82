/** Header of a recording: what info.json, the log and the first snapshot tell. */
import type { GivenHeader } from '../../importer.js';
import type { TraceHeader } from '../../trace.js';
import type { Dmesg } from '../log/dmesg.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import type { RecordingInfo } from './recording_info.js';

/** Header words that a kernel log tells. */
export function dmesgHeader(dmesg: Dmesg): Partial<TraceHeader> {
  const { kernel, stable, block_size, cpus, config } = dmesg.facts;
  return {
    ...(kernel === undefined ? {} : { kernel }),
    ...(stable === undefined ? {} : { stable }),
    ...(block_size === undefined ? {} : { block_size }),
    ...(cpus === undefined ? {} : { cpus }), config,
  };
}

function found(name: string, isSet: boolean): Record<string, string> {
  return isSet ? { [name]: 'y' } : {};
}

/** Whether a time of the log lies before the recording began. */
type IsBefore = (log_ns: number) => boolean;

/**
 * The ratio is read last, for reading it changes the kernel: it is the one of the begin unless a
 * step wrote it.
 */
function reserveRatio({ recorder, steps = [] }: RecordingInfo): readonly [string, string][] {
  const ratio = recorder?.lowmem_reserve_ratio ?? '';
  const written = steps.some(({ cmd, path }) => `${cmd} ${path}`.includes('lowmem_reserve_ratio'));
  return ratio === '' || written ? [] : [['lowmem_reserve_ratio', ratio]];
}

/** What the first snapshot shows, and what the log had told of it before. */
function settingWords(
  info: RecordingInfo, dmesg: Dmesg, first: Snapshot | undefined, isBefore: IsBefore,
): string[] {
  if (first === undefined) return [];
  const told = new Map(dmesg.facts.min_free_kbytes
    .filter(({ time_ns }) => isBefore(time_ns)).map(({ key, kbytes }) => [key, kbytes] as const));
  return [...first.settings, ...told, ...reserveRatio(info)]
    .map(([name, value]) => `${name}=${value}`);
}

/** The whole header; `given` wins and is noted. */
export function recordingHeader(
  info: RecordingInfo, dmesg: Dmesg, first: Snapshot | undefined, given: GivenHeader,
  isBefore: IsBefore,
): Partial<TraceHeader> {
  const types = first?.migratetypes ?? [];
  const settings = settingWords(info, dmesg, first, isBefore);
  const told = Object.entries(given.config).map(([name, value]) => `${name}=${value}`);
  return {
    ...dmesgHeader(dmesg),
    ...(info.kernel?.[0] === undefined ? {} : { kernel: info.kernel[0] }),
    config: {
      ...(first?.hasHugePages === undefined ? {}
        : { TRANSPARENT_HUGEPAGE: first.hasHugePages ? 'y' : 'n' }),
      ...found('CMA', types.includes('CMA')),
      ...found('MEMORY_ISOLATION', types.includes('Isolate')),
      ...(first?.noDeviceZone === true ? { ZONE_DEVICE: 'n' } : {}),
      ...(first?.noDmaZone === true ? { ZONE_DMA: 'n' } : {}),
      ...dmesg.facts.config, ...given.config,
    },
    migratetypes: types,
    ...(given.series === undefined ? {} : { series: given.series }),
    ...(given.question === undefined ? {} : { question: given.question }),
    other: [
      ...(info.name === undefined ? [] : [['recording', info.name] as const]),
      ...(info.note === undefined ? [] : [['note', info.note.replace(/\s+/g, ' ')] as const]),
      ...(told.length === 0 ? [] : [['config_given', told.join(' ')] as const]),
      ...(settings.length === 0 ? [] : [['settings', settings.join(' ')] as const]),
      ...(first === undefined ? [] : [['memory_blocks', 'changed-only'] as const]),
    ],
  };
}
