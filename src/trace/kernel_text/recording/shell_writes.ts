/** What a shell command writes to files that drive memory management. */
import { own } from '../../../base/own.js';
import { pfnDown } from '../../../base/pfn.js';
import type { TraceRow } from '../../trace.js';

type Row = Omit<TraceRow, 'time_ns'>;
export type StateWord = 'online' | 'online_kernel' | 'online_movable' | 'offline';

const words = new Set<string>(['online', 'online_kernel', 'online_movable', 'offline']);
const notifier = /echo (-?\d+) > \S*notifier-error-inject\/memory\/actions\/(\w+)\/error/g;
/** `echo VALUE > FILE` of a parameter, or `sysctl vm.NAME=VALUE`. */
const parameterWrite = new RegExp(
  'echo (?:-n )?["\']?([\\w \\t-]+?)["\']? *> *' +
  '(/proc/sys/vm/\\w+|/sys/module/memory_hotplug/parameters/\\w+|' +
  '/sys/kernel/mm/transparent_hugepage/enabled|' +
  '/sys/(?:kernel/mm|devices/system/node/node\\d+)/hugepages/hugepages-\\w+/' +
  'nr_(?:overcommit_)?hugepages)\\b' +
  '|sysctl (?:-\\w+ )*vm\\.(\\w+)=["\']?([\\w \\t]+)', 'g');
/** By its whole path, or from a folder that the shell went to. */
const stateWrite =
  /echo (?:-n )?["']?(\w+)["']? *> *(?:[^\s;&|]*\/)?memory(\d+)\/(state|online)\b/g;
/** What `online` takes. */
const byNumber: Readonly<Record<string, StateWord>> = { 0: 'offline', 1: 'online' };
/** How the memory of a device of the dax bus is to be, from v7.3 on. */
const daxState = /echo (?:-n )?["']?(\w+)["']? *> *(?:[^\s;&|]*\/)?(dax\d+\.\d+)\/state\b/g;
const ratioRead = new RegExp('(cat|<) *(/\\S+ +)*/proc/sys/vm/lowmem_reserve_ratio' +
  '|sysctl (-a|vm\\.lowmem_reserve_ratio(?! *=))');
/** Addresses of pages whose memory is said to fail. */
const pageError =
  /echo (?:-n )?["']?(0x[0-9a-fA-F]+|\d+)["']? *> *(?:\S*\/)?(soft|hard)_offline_page\b/g;
const cpuWrite = /echo ([01]) > \/sys\/devices\/system\/cpu\/cpu(\d+)\/online/g;
const autoOnlineWrite = /echo (\w+) > \S*\/auto_online_blocks/;

export function isStateWord(word: string): word is StateWord {
  return words.has(word);
}

/** write_parameter rows. */
export function parameterWrites(cmd: string): readonly Row[] {
  return [...cmd.matchAll(parameterWrite)].map((match) => {
    const file = match[2] ?? `/proc/sys/vm/${match[3]}`;
    const value = (match[1] ?? match[4] ?? '').trim().replace(/\s+/g, '/');
    return { event: 'write_parameter', args: `file=${file} value=${value}` };
  });
}

/** read_parameter rows: of the one file whose readers change something. */
export function parameterReads(cmd: string): readonly Row[] {
  if (!ratioRead.test(cmd)) return [];
  return [{ event: 'read_parameter', args: 'file=/proc/sys/vm/lowmem_reserve_ratio' }];
}

/** cpu_online and cpu_offline rows. */
export function cpuWrites(cmd: string): readonly Row[] {
  return [...cmd.matchAll(cpuWrite)].map(([, value, cpu]) =>
    ({ event: value === '1' ? 'cpu_online' : 'cpu_offline', args: `cpu=${cpu}` }));
}

/** soft_offline_page and memory_failure rows. */
export function pageErrors(cmd: string): readonly Row[] {
  return [...cmd.matchAll(pageError)].map(([, address, kind]) => ({
    event: kind === 'soft' ? 'soft_offline_page' : 'memory_failure', pfn: pfnDown(Number(address)),
  }));
}

/** notifier_error rows. */
export function notifierWrites(cmd: string): readonly Row[] {
  return [...cmd.matchAll(notifier)].map(([, ret, action = '']) =>
    notifierRow(action, Number(ret)));
}

export function notifierRow(action: string, ret: number): Row {
  return { event: 'notifier_error', ret, args: `action=${action}` };
}

/** Words written to the state files of memory blocks. */
export function stateWrites(cmd: string): readonly { event: StateWord; block: number }[] {
  return [...cmd.matchAll(stateWrite)].flatMap(([, text = '', block, file]) => {
    const word = file === 'online' ? own(byNumber, text) : text;
    return word !== undefined && isStateWord(word) ? [{ event: word, block: Number(block) }] : [];
  });
}

/** Words written to the state files of devices of the dax bus. */
export function daxStateWrites(cmd: string): readonly { device: string; value: string }[] {
  return [...cmd.matchAll(daxState)].map(([, value = '', device = '']) => ({ device, value }));
}

/** What is written to auto_online_blocks; undefined when nothing is. */
export function autoOnlineWritten(cmd: string): string | undefined {
  return autoOnlineWrite.exec(cmd)?.[1];
}
