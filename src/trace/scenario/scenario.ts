import { readFileSync } from 'node:fs';
import { TraceError } from '../../base/errors.js';
import { type Json, parseLocatedJson } from '../../base/located_json.js';
import { parseLocatedYaml } from '../../base/located_yaml.js';
import { actionFields, type FieldKind, isAction, type Step } from './actions.js';

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

const topFields: Fields = {
  name: 'text', note: 'text', machine: 'object', kernel: 'text?', cmdline: 'text?',
  question: 'text?', level: 'text?', buffer_kb: 'integer?', snapshots: 'text?',
  timeout_s: 'integer?', steps: 'list',
};
const machineFields: Fields = {
  type: 'text', cpus: 'integer?', memory: 'text', slots: 'integer?', maxmem: 'text?',
  nodes: 'list?', distances: 'list?', virtio_mem: 'list?',
};
const nodeFields: Fields = { memory: 'text?', cpus: 'text?' };
const virtioMemFields: Fields = {
  id: 'id', size_mb: 'integer', node: 'integer', requested_mb: 'integer', block_mb: 'integer?',
};

const hasKind: Readonly<Record<string, (value: Json) => boolean>> = {
  text: (value) => typeof value === 'string',
  integer: (value) => Number.isSafeInteger(value),
  // QEMU's ids, with something before them.
  id: (value) => (typeof value === 'string' && /^\w[\w.-]*$/.test(value))
    || (Number.isSafeInteger(value) && Number(value) >= 0),
  list: (value) => Array.isArray(value),
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

type Wrong = (part: Json, problem: string) => TraceError;

function checkFields(part: Json, what: string, fields: Fields, wrong: Wrong): JsonObject {
  if (!hasKind.object?.(part)) throw wrong(part, `${what} is not an object {...}`);
  const object = part as JsonObject;
  for (const key of Object.keys(object)) {
    if (!Object.hasOwn(fields, key)) {
      throw wrong(part, `${what} has no "${key}", expected ${Object.keys(fields).join(', ')}`);
    }
  }
  for (const [key, kind] of Object.entries(fields)) {
    const value = object[key];
    if (value === undefined && kind.endsWith('?')) continue;
    const wanted = kind.replace('?', '');
    if (value === undefined) throw wrong(part, `${what} lacks "${key}", expected ${wanted}`);
    if (!hasKind[wanted]?.(value)) {
      const says = wanted === 'id' ? 'a number, or letters, digits, . _ -' : wanted;
      throw wrong(part, `"${key}" of ${what} is ${JSON.stringify(value)}, expected ${says}`);
    }
  }
  return object;
}

function checkWord(object: JsonObject, key: string, words: readonly string[], wrong: Wrong): void {
  const value = object[key];
  if (value !== undefined && !words.includes(value as string)) {
    throw wrong(object, `"${key}" is ${JSON.stringify(value)}, expected ${words.join(' or ')}`);
  }
}

const size = /^[1-9]\d*[MG]$/;

function checkSize(object: JsonObject, key: string, wrong: Wrong): void {
  const value = object[key];
  if (value !== undefined && !size.test(value as string)) {
    throw wrong(object, `"${key}" is ${JSON.stringify(value)}, expected a size like 1024M or 2G`);
  }
}

function readMachine(part: Json, wrong: Wrong): MachineSpec {
  const machine = checkFields(part, 'the machine', machineFields, wrong);
  checkWord(machine, 'type', ['q35', 'pc'], wrong);
  for (const key of ['memory', 'maxmem']) checkSize(machine, key, wrong);
  for (const node of (machine.nodes ?? []) as readonly Json[]) {
    checkSize(checkFields(node, 'a node', nodeFields, wrong), 'memory', wrong);
  }
  for (const device of (machine.virtio_mem ?? []) as readonly Json[]) {
    checkFields(device, 'a virtio_mem device', virtioMemFields, wrong);
  }
  for (const row of (machine.distances ?? []) as readonly Json[]) {
    const good = Array.isArray(row) && row.length === 3 && row.every((n) => Number.isInteger(n));
    if (!good) throw wrong(row, 'a distance is not [from node, to node, distance]');
  }
  const virtio_mem = ((machine.virtio_mem ?? []) as readonly JsonObject[])
    .map((device) => ({ ...device, id: String(device.id) }));
  return {
    cpus: 2, slots: 16, maxmem: '32G', nodes: [], distances: [], ...machine, virtio_mem,
  } as unknown as MachineSpec;
}

function checkStep(part: Json, wrong: Wrong): Step {
  const action = (part as JsonObject | null)?.action;
  if (typeof action !== 'string' || !isAction(action)) {
    const known = Object.keys(actionFields).join(', ');
    throw wrong(part, `a step's "action" is ${JSON.stringify(action ?? null)}, expected ${known}`);
  }
  checkFields(part, `step ${action}`, { action: 'text', ...actionFields[action] }, wrong);
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
  // JSON is YAML too; its own reader says more plainly what is wrong.
  const located = /^\s*\{/.test(text) ? parseLocatedJson(file, text)
    : parseLocatedYaml(file, text);
  const wrong: Wrong = (part, problem) =>
    new TraceError({ file, line: located.lineOf(part) }, problem);
  const top = checkFields(located.value, 'the scenario', topFields, wrong);
  checkWord(top, 'level', ['hotplug', 'page'], wrong);
  checkWord(top, 'snapshots', ['each', 'ends'], wrong);
  if (!/^[\w.-]+$/.test(top.name as string)) {
    throw wrong(top, `"name" is ${JSON.stringify(top.name)}, expected letters, digits, . _ -`);
  }
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

/** Reads and checks a scenario file. */
export function readScenario(file: string): Scenario {
  return parseScenario(file, readFileSync(file, 'utf8'));
}
