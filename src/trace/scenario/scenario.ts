import { reasonOf, TraceError } from '../../base/errors.js';
import { type Json, parseLocatedJson } from '../../base/located_json.js';
import { parseLocatedYaml } from '../../base/located_yaml.js';
import { printable } from '../../base/printable.js';
import { bytesOf } from '../../base/read_file.js';
import { excerpt } from '../problems.js';
import { LAST_CPU } from '../row_limits.js';
import {
  actionFields, type FieldKind, id, isAction, LAST_QEMU_NODE, lineText, MOST_MB, type Step,
} from './actions.js';
import { MIB, sizeOf } from './qemu_memory.js';

/**
 * loglevel=1 keeps the console free for the shell; nokaslr keeps oopses readable; a host with much
 * to do fails the kernel's test of its timer.
 */
export const everyBootParameter =
  'console=ttyS0 loglevel=1 nokaslr panic=-1 sysrq_always_enabled=1 no_timer_check';

/** A node of the machine; without memory or CPUs it waits for hotplugged ones. */
export interface NodeSpec {
  /** As QEMU writes sizes: `1024M`, `2G`. */
  readonly memory?: string;
  /** CPU numbers, `0-1`. */
  readonly cpus?: string;
}

/** A virtio-mem device, present from boot on. */
export interface VirtioMemSpec {
  readonly id: string;
  readonly size_mb: number;
  readonly node: number;
  readonly requested_mb: number;
  /** Size of its blocks in MiB; QEMU's choice when left out. */
  readonly block_mb?: number;
}

export interface MachineSpec {
  readonly type: 'q35' | 'pc';
  readonly cpus: number;
  readonly memory: string;
  readonly slots: number;
  readonly maxmem: string;
  readonly nodes: readonly NodeSpec[];
  /** `[from, to, distance]`; 10 is local, 20 the default between nodes. */
  readonly distances: readonly (readonly [number, number, number])[];
  readonly virtio_mem: readonly VirtioMemSpec[];
}

/** What to boot and what to do with it; one scenario file. */
export interface Scenario {
  readonly name: string;
  readonly note: string;
  readonly machine: MachineSpec;
  /** Release whose model it runs on without QEMU; the newest one when it is left out. */
  readonly kernel?: string;
  /** Folder of `policies/` that it is made for; all policies when it is left out. */
  readonly question?: string;
  /** Boot parameters beside those that every recording has. */
  readonly cmdline: string;
  readonly level: 'hotplug' | 'page';
  /** Trace buffer for each CPU in KiB. */
  readonly buffer_kb: number;
  /** each: after every step, tracing paused meanwhile; ends: first and last only, no pause. */
  readonly snapshots: 'each' | 'ends';
  /** How long a step may take, in seconds. */
  readonly timeout_s: number;
  readonly steps: readonly Step[];
}

type Fields = Readonly<Record<string, FieldKind>>;
type JsonObject = { readonly [key: string]: Json };

const text: FieldKind = { is: 'text' };
const list: FieldKind = { is: 'list' };
const integer = (from: number, to: number): FieldKind => ({ is: 'integer', from, to });
const maybe = (kind: FieldKind): FieldKind => ({ ...kind, optional: true });
/** As QEMU writes sizes. */
const size: FieldKind = {
  is: 'text', like: /^[1-9]\d{0,8}[MG]$/, says: 'a size like 1024M or 2G',
};
const cpuList: FieldKind = {
  is: 'text', like: /^\d{1,4}(-\d{1,4})?$/, says: 'CPU numbers like 0-1 or 3',
};
/** QEMU and the kernel take it as words. */
const bootWords: FieldKind = {
  is: 'text', like: /^[\x20-\x7e]{0,2048}$/, says: 'boot parameters, up to 2048 letters',
};
const fileName: FieldKind = {
  is: 'text', like: /^\w[\w.-]{0,99}$/, says: 'letters, digits, . _ -, the first no . or -',
};

const topFields: Fields = {
  name: fileName, note: lineText, machine: { is: 'object' }, kernel: maybe(lineText),
  cmdline: maybe(bootWords), question: maybe(fileName), level: maybe(text),
  buffer_kb: maybe(integer(1, 2 ** 22)), snapshots: maybe(text),
  timeout_s: maybe(integer(1, 86400)), steps: list,
};
const machineFields: Fields = {
  type: text, cpus: maybe(integer(1, LAST_CPU + 1)), memory: size, slots: maybe(integer(0, 256)),
  maxmem: maybe(size), nodes: maybe(list), distances: maybe(list), virtio_mem: maybe(list),
};
const nodeFields: Fields = { memory: maybe(size), cpus: maybe(cpuList) };
const virtioMemFields: Fields = {
  id, size_mb: integer(1, MOST_MB), node: integer(0, LAST_QEMU_NODE),
  requested_mb: integer(0, MOST_MB), block_mb: maybe(integer(1, 2 ** 20)),
};
/** Letters of a scenario file; the longest that we have has 5000. */
const LONGEST = 1 << 20;
/** Steps, devices, distances of a scenario. */
const MOST_PARTS = 10_000;

const isKind: Readonly<Record<FieldKind['is'], (value: Json) => boolean>> = {
  text: (value) => typeof value === 'string',
  id: (value) => typeof value === 'string' || Number.isSafeInteger(value),
  integer: (value) => Number.isSafeInteger(value),
  list: (value) => Array.isArray(value) && value.length <= MOST_PARTS,
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

function hasKind(value: Json, kind: FieldKind): boolean {
  if (!isKind[kind.is](value)) return false;
  if (typeof value === 'string') return kind.like?.test(value) ?? true;
  if (typeof value !== 'number') return true;
  return value >= (kind.from ?? -Infinity) && value <= (kind.to ?? Infinity);
}

function kindText({ is, says, from, to }: FieldKind): string {
  if (is === 'list') return `a list of up to ${MOST_PARTS}`;
  return says ?? (from === undefined ? is : `a whole number from ${from} to ${to}`);
}

/** A value for a message. */
function shown(value: Json): string {
  const json = JSON.stringify(value);
  return printable(json.length > 60 ? `${json.slice(0, 57)}...` : json);
}

type Wrong = (part: Json, problem: string) => TraceError;

function checkFields(part: Json, what: string, fields: Fields, wrong: Wrong): JsonObject {
  if (!isKind.object(part)) throw wrong(part, `${what} is not an object {...}`);
  const object = part as JsonObject;
  for (const key of Object.keys(object)) {
    if (!Object.hasOwn(fields, key)) {
      const known = Object.keys(fields).join(', ');
      throw wrong(part, `${what} has no ${excerpt(key)}, expected ${known}`);
    }
  }
  for (const [key, kind] of Object.entries(fields)) {
    const value = object[key];
    if (value === undefined && kind.optional === true) continue;
    if (value === undefined) {
      throw wrong(part, `${what} lacks "${key}", expected ${kindText(kind)}`);
    }
    if (!hasKind(value, kind)) {
      throw wrong(part, `"${key}" of ${what} is ${shown(value)}, expected ${kindText(kind)}`);
    }
  }
  return object;
}

function checkWord(object: JsonObject, key: string, words: readonly string[], wrong: Wrong): void {
  const value = object[key];
  if (value !== undefined && !words.includes(value as string)) {
    throw wrong(object, `"${key}" is ${shown(value)}, expected ${words.join(' or ')}`);
  }
}

/** What the numbers of the parts must be together. */
function checkTogether(machine: MachineSpec, part: Json, wrong: Wrong): void {
  const sizes = [machine.memory, machine.maxmem, ...machine.nodes.map((one) => one.memory ?? '0M')];
  const large = sizes.find((text_) => sizeOf(text_) > MOST_MB * MIB);
  if (large !== undefined) throw wrong(part, `a size is ${large}, expected up to 64 TiB`);
  if (machine.nodes.length > LAST_QEMU_NODE + 1) {
    throw wrong(part, `there are ${machine.nodes.length} nodes, expected up to 128`);
  }
  for (const node of machine.nodes) {
    const [first = 0, last = first] = node.cpus?.split('-').map(Number) ?? [];
    if (node.cpus === undefined || (first <= last && last < machine.cpus)) continue;
    throw wrong(node as unknown as Json,
      `"cpus" of a node is "${node.cpus}", expected CPUs of 0 to ${machine.cpus - 1}`);
  }
}

/** `[from node, to node, distance]`; the SLIT has bytes, and 10 is local. */
function isDistance(row: Json): boolean {
  if (!Array.isArray(row) || row.length !== 3) return false;
  const [from, to, distance] = row as readonly Json[];
  const isNode = (one: Json | undefined): boolean =>
    hasKind(one ?? null, integer(0, LAST_QEMU_NODE));
  return isNode(from) && isNode(to) && hasKind(distance ?? null, integer(0, 255));
}

function readMachine(part: Json, wrong: Wrong): MachineSpec {
  const machine = checkFields(part, 'the machine', machineFields, wrong);
  checkWord(machine, 'type', ['q35', 'pc'], wrong);
  for (const node of (machine.nodes ?? []) as readonly Json[]) {
    checkFields(node, 'a node', nodeFields, wrong);
  }
  for (const device of (machine.virtio_mem ?? []) as readonly Json[]) {
    checkFields(device, 'a virtio_mem device', virtioMemFields, wrong);
  }
  for (const row of (machine.distances ?? []) as readonly Json[]) {
    if (!isDistance(row)) throw wrong(row, 'a distance is not [from node, to node, distance]');
  }
  const whole = {
    cpus: 2, slots: 16, maxmem: '32G', nodes: [], distances: [], virtio_mem: [], ...machine,
  } as unknown as MachineSpec;
  checkTogether(whole, part, wrong);
  // A number in the file is a name all the same, as in a step.
  const virtio_mem = whole.virtio_mem.map((device) => ({ ...device, id: String(device.id) }));
  return { ...whole, virtio_mem };
}

function checkStep(part: Json, wrong: Wrong): Step {
  const action = (part as JsonObject | null)?.action;
  if (typeof action !== 'string' || !isAction(action)) {
    const known = Object.keys(actionFields).join(', ');
    throw wrong(part, `a step's "action" is ${shown(action ?? null)}, expected ${known}`);
  }
  checkFields(part, `step ${action}`, { action: text, ...actionFields[action] }, wrong);
  return part as unknown as Step;
}

/** A scenario, and the line (from 1) on which a part of it begins. */
export interface LocatedScenario {
  readonly scenario: Scenario;
  lineOf(step: Step): number;
}

/**
 * Checks a scenario's text; `traces/scenarios/README.md` describes the format.
 * @throws TraceError `file:line: what is wrong, what was expected`
 */
export function locateScenario(file: string, text: string): LocatedScenario {
  if (text.length > LONGEST) {
    const problem = `has ${text.length} letters, expected up to ${LONGEST}`;
    throw new TraceError({ file, line: 0 }, problem);
  }
  // JSON is YAML too; its own reader says more plainly what is wrong.
  const located = /^\s*\{/.test(text) ? parseLocatedJson(file, text)
    : parseLocatedYaml(file, text);
  const wrong: Wrong = (part, problem) =>
    new TraceError({ file, line: located.lineOf(part) }, problem);
  const top = checkFields(located.value, 'the scenario', topFields, wrong);
  checkWord(top, 'level', ['hotplug', 'page'], wrong);
  checkWord(top, 'snapshots', ['each', 'ends'], wrong);
  const scenario = {
    cmdline: '', level: 'hotplug', buffer_kb: top.level === 'page' ? 32768 : 1024,
    snapshots: 'each', timeout_s: 120, ...top, machine: readMachine(top.machine as Json, wrong),
    steps: (top.steps as readonly Json[]).map((step) => checkStep(step, wrong)),
  } as unknown as Scenario;
  return { scenario, lineOf: (step) => located.lineOf(step as unknown as Json) };
}

/** The same without lines. */
export function parseScenario(file: string, text: string): Scenario {
  return locateScenario(file, text).scenario;
}

function scenarioText(file: string): string {
  try {
    return bytesOf(file, LONGEST).toString('utf8');
  } catch (error) {
    throw new TraceError({ file, line: 0 }, `cannot be read: ${reasonOf(error as Error)}`);
  }
}

/** Reads and checks a scenario file. */
export function readScenario(file: string): Scenario {
  return parseScenario(file, scenarioText(file));
}
