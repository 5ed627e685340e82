import { readFileSync } from 'node:fs';
import { isAction } from '../../src/trace/scenario/actions.js';

interface Info {
  readonly name: string;
  readonly note: string;
  readonly cmdline: string;
  readonly qemu: { readonly machine: string; readonly smp: number; readonly args: string[] };
  readonly steps: readonly { readonly [field: string]: unknown; readonly action: string }[];
}

/** `a=1,b=2` */
function options(text: string): Record<string, string> {
  return Object.fromEntries(text.split(',').map((word) => word.split('=') as [string, string]));
}

/** QEMU's arguments for memory as the machine of a scenario. */
function machineOfArgs({ qemu }: Info): object {
  const sizes = new Map<string, string>();
  const nodes: object[] = [];
  const distances: number[][] = [];
  let memory: Record<string, string> = {};
  qemu.args.forEach((word, index) => {
    const given = options(qemu.args[index + 1] ?? '');
    if (word === '-m') memory = options(`memory=${qemu.args[index + 1]}`);
    else if (word === '-object') sizes.set(given['id'] ?? '', given['size'] ?? '');
    else if (word === '-numa' && 'nodeid' in given) {
      const size = sizes.get(given['memdev'] ?? '');
      // A list of CPUs has a comma of QEMU's own before each `cpus=`; here there is one range.
      nodes[Number(given['nodeid'])] = {
        ...(size === undefined ? {} : { memory: size }),
        ...(given['cpus'] === undefined ? {} : { cpus: given['cpus'] }),
      };
    } else if (word === '-numa') {
      distances.push([Number(given['src']), Number(given['dst']), Number(given['val'])]);
    }
  });
  return {
    type: qemu.machine, cpus: qemu.smp, memory: memory['memory'], maxmem: memory['maxmem'],
    slots: Number(memory['slots']), nodes, distances,
  };
}

const fieldsOfResult = new Set(['step', 'began', 'rc', 'stderr', 'output', 'plugged_mb']);

/**
 * The scenario that a recording was made with, from its info.json; undefined when it was driven by
 * more than scenarios have (files and policies of a kernel built for it) or by other devices.
 */
export function scenarioOfRecording(folder: string): string | undefined {
  const info = JSON.parse(readFileSync(`${folder}/info.json`, 'utf8')) as Info;
  if (info.steps.some(({ action }) => !isAction(action))) return undefined;
  if (info.steps.some(({ cmd }) => String(cmd).includes('/sys/bus/dax/'))) return undefined;
  if (info.qemu.args.includes('-device') || info.cmdline.includes('mmlab')) return undefined;
  const steps = info.steps.map((step) => Object.fromEntries(Object.entries(step)
    .filter(([key, value]) => !fieldsOfResult.has(key) && value !== null)));
  return JSON.stringify({
    name: info.name, note: info.note, cmdline: info.cmdline, machine: machineOfArgs(info), steps,
  });
}
