import { MIB } from '../../base/pfn.js';
import { didYouMean } from '../../base/closest.js';
import { reasonOf, TraceError } from '../../base/errors.js';
import { type Json, parseLocatedJson } from '../../base/located_json.js';
import { parseLocatedYaml } from '../../base/located_yaml.js';
import { bytesOf } from '../../base/read_file.js';
import { eventNames, eventType } from '../events.js';
import { expectationProblem } from '../expectation.js';
import { LAST_CPU } from '../row_limits.js';
import {
  actionFields, id, LAST_QEMU_NODE, lineText, MOST_MB, type Step, stepFields,
} from './actions.js';
import {
  describedFields, describedRows, describedWindows, isDescribed,
} from './described_machine.js';
import { isEventStep, withRangesText } from './event_fields.js';
import {
  checkFields, checkWord, type FieldKind, type Fields, hasKind, integer, type JsonObject, list,
  maybe, ofItem, shown, text, type Wrong,
} from './field_kinds.js';
import { checkPlace } from './places.js';
import { CXL_ALIGN_MB, MOST_CXL_WINDOWS, sizeOf } from './qemu_memory.js';
import type { TraceExpectation } from '../trace_expectation.js';
import type { MachineRow, MachineSpec, NodeSpec } from './machine_spec.js';

/**
 * loglevel=1 keeps the console free for the shell; nokaslr keeps oopses readable; a host with much
 * to do fails the kernel's test of its timer.
 */
export const everyBootParameter =
  'console=ttyS0 loglevel=1 nokaslr panic=-1 sysrq_always_enabled=1 no_timer_check';

/** What to boot and what to do with it; one scenario file. */
export interface Scenario {
  readonly name: string;
  readonly note: string;
  readonly machine: MachineSpec;
  /** Release whose model it runs on without QEMU; the newest one when it is left out. */
  readonly kernel?: string;
  /** Kconfig symbols of that kernel: `DEBUG_VM=y`. */
  readonly config: Readonly<Record<string, string>>;
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
  /** What must hold after each step, on any kernel. */
  readonly expects: readonly TraceExpectation[];
}

/** As QEMU writes sizes. */
const size: FieldKind = {
  is: 'text', like: /^[1-9]\d{0,8}[MG]$/, says: 'a size like 1024M or 2G',
};
const cpuList: FieldKind = {
  is: 'text', like: /^\d{1,4}(-\d{1,4})?$/, says: 'CPU numbers like 0-1 or 3',
};
const blockSize: FieldKind = {
  is: 'bytes', from: 2 ** 27, to: 2 ** 40, says: 'the size of a memory block: 128M, 2G, ...',
};
/** QEMU and the kernel take it as words. */
export const bootWords = {
  is: 'text', like: /^[\x20-\x7e]{0,2048}$/, says: 'boot parameters, up to 2048 letters',
} as const satisfies FieldKind;
const fileName: FieldKind = {
  is: 'text', like: /^\w[\w.-]{0,99}$/, says: 'letters, digits, . _ -, the first no . or -',
};

const topFields: Fields = {
  name: fileName, note: maybe(lineText), machine: { is: 'object' }, kernel: maybe(lineText),
  config: maybe({ is: 'object' }), cmdline: maybe(bootWords), question: maybe(fileName),
  level: maybe(text),
  buffer_kb: maybe(integer(1, 2 ** 22)), snapshots: maybe(text),
  timeout_s: maybe(integer(1, 86400)), steps: list, expects: maybe(list),
};
const machineFields: Fields = {
  type: maybe(text), cpus: maybe(integer(1, LAST_CPU + 1)), memory: maybe(size),
  slots: maybe(integer(0, 256)), maxmem: maybe(size), nodes: maybe(list), distances: maybe(list),
  virtio_mem: maybe(list), cxl: maybe(list), fixed_windows: maybe(integer(1, MOST_CXL_WINDOWS)),
  block_size: maybe(blockSize), ...describedFields,
};
const nodeFields: Fields = { memory: maybe(size), cpus: maybe(cpuList) };
const virtioMemFields: Fields = {
  id, size_mb: integer(1, MOST_MB), node: integer(0, LAST_QEMU_NODE),
  requested_mb: integer(0, MOST_MB), block_mb: maybe(integer(1, 2 ** 20)),
};
/** QEMU and the kernel map 256 MiB at least. */
const cxlFields: Fields = { id, size_mb: integer(256, MOST_MB) };
/** Letters of a scenario file; the longest that we have has 5000. */
const LONGEST = 1 << 20;
/** What the numbers of the parts must be together. */
function checkTogether(machine: MachineSpec, part: Json, wrong: Wrong): void {
  const sizes = [machine.memory, machine.maxmem, ...machine.nodes.map((one) => one.memory ?? '0M')];
  const large = sizes.find((text_) => sizeOf(text_) > MOST_MB * MIB);
  if (large !== undefined) throw wrong(part, `a size is ${large}, expected up to 64 TiB`);
  if (machine.nodes.length > LAST_QEMU_NODE + 1) {
    throw wrong(part, `there are ${machine.nodes.length} nodes, expected up to 128`);
  }
  const odd = machine.cxl.find(({ size_mb }) => size_mb % CXL_ALIGN_MB !== 0);
  if (odd !== undefined) {
    throw wrong(part, `CXL device ${odd.id} has ${odd.size_mb} MiB, expected a multiple of 256`);
  }
  if (machine.cxl.length > 0 && machine.type !== 'q35') {
    throw wrong(part, `the machine has "cxl" and type ${machine.type}, expected q35`);
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

/** Where the file does not say how much memory there can be: this, or as much again. */
const MAXMEM = '32G';

/** What the file need not say of a machine of QEMU: a q35 with the memory of its nodes. */
function withMemory(
  machine: JsonObject, nodes: readonly NodeSpec[], part: Json, wrong: Wrong,
): JsonObject {
  const bytes = nodes.reduce((sum, { memory }) => sum + sizeOf(memory ?? '0M'), 0);
  const { memory = bytes > 0 ? `${bytes / MIB}M` : undefined } = machine;
  if (memory === undefined) {
    throw wrong(part, 'the machine lacks "memory", expected a size, of its own or of its nodes');
  }
  const of = sizeOf(String(memory));
  const maxmem = of < sizeOf(MAXMEM) ? MAXMEM : `${2 * of / MIB}M`;
  return { type: 'q35', maxmem, ...machine, memory };
}

/** The parts of a machine in their kinds; lists are checked by their items. */
function checkMachine(part: Json, wrong: Wrong): JsonObject {
  const given = checkFields(part, 'the machine', Object.fromEntries(
    Object.entries(machineFields).map(([key, kind]) => [key, maybe(kind)])), wrong);
  const described = isDescribed(given, wrong, part);
  const machine = described ? given : checkFields(part, 'the machine', machineFields, wrong);
  if (machine.type !== undefined) checkWord(machine, 'type', ['q35', 'pc'], wrong, part);
  const { block_size } = machine;
  if (block_size !== undefined && !Number.isInteger(Math.log2(Number(block_size)))) {
    throw wrong(part, `"block_size" is ${shown(block_size)}, expected a power of two: 128M, 2G`);
  }
  for (const row of (machine.distances ?? []) as readonly Json[]) {
    if (!isDistance(row)) throw wrong(row, 'a distance is not [from node, to node, distance]');
  }
  return described
    ? { type: 'q35', memory: '0M', slots: 0, maxmem: '0M', ...machine, is_described: true }
    : machine;
}

/** `isOf` is told of what part of the file each row is. */
function readMachine(
  part: Json, release: string | undefined, wrong: Wrong,
  isOf: (row: MachineRow, part: Json) => void,
): MachineSpec {
  const given = checkMachine(part, wrong);
  const rows = describedRows(given, release, wrong, isOf);
  const items = <K extends string>(key: K, what: string, fields: Fields): readonly JsonObject[] =>
    ((given[key] ?? []) as readonly Json[]).map((one, at) =>
      checkFields(one, what, fields, ofItem(given[key] ?? null, at, wrong)));
  const nodes = items('nodes', 'a node', nodeFields) as unknown as readonly NodeSpec[];
  const machine = given.is_described === true ? given : withMemory(given, nodes, part, wrong);
  const cpus = rows.filter(({ event }) => event === 'srat_cpu').length;
  const rest = Object.entries(machine).filter(([key]) => !Object.hasOwn(describedFields, key));
  const whole = {
    cpus: Math.max(cpus, machine.is_described === true ? 1 : 2), slots: 16,
    distances: [], ...Object.fromEntries(rest), ...(rows.length > 0 ? { rows } : {}),
    ...(given.cxl_windows === undefined ? {} : { windows: describedWindows(given, wrong) }),
    nodes,
    // A number in the file is a name all the same, as in a step.
    virtio_mem: items('virtio_mem', 'a virtio_mem device', virtioMemFields)
      .map((device) => ({ ...device, id: String(device.id) })),
    cxl: items('cxl', 'a CXL device', cxlFields)
      .map((device) => ({ ...device, id: String(device.id) })),
  } as unknown as MachineSpec;
  checkTogether(whole, part, wrong);
  return whole;
}

/** `{DEBUG_VM: y, NODES_SHIFT: 10}`, or a value that YAML reads as true. */
function readConfig(part: Json | undefined, wrong: Wrong): Readonly<Record<string, string>> {
  const entries = Object.entries((part ?? {}) as JsonObject).map(([key, value]) => {
    const symbol = key.replace(/^CONFIG_/, '');
    const given = typeof value === 'boolean' ? (value ? 'y' : 'n') : String(value);
    if (!/^[A-Z][A-Z0-9_]*$/.test(symbol) || !/^[\w.-]{1,64}$/.test(given)) {
      throw wrong(part ?? null, `config has ${shown(key)}: ${shown(value)}, expected a Kconfig `
        + 'symbol and its value: DEBUG_VM: y');
    }
    return [symbol, given] as const;
  });
  return Object.fromEntries(entries);
}

/** All words a step can begin with, what is done first. */
function stepNames(): readonly string[] {
  return [...new Set([...Object.keys(actionFields), ...eventNames.filter(isEventStep)])];
}

/** A name, a sentence, a comparison: see `expectation.ts`. */
function readExpectations(parts: readonly Json[], wrong: Wrong): readonly TraceExpectation[] {
  return parts.reduce<readonly TraceExpectation[]>((others, part) => {
    const one = checkFields(part, 'an expectation', { name: lineText, text: lineText,
      holds: lineText }, wrong) as unknown as TraceExpectation;
    const problem = expectationProblem(one, others);
    if (problem !== undefined) throw wrong(part, problem);
    return [...others, one];
  }, []);
}

function checkStep(part: Json, wrong: Wrong): Step {
  if (typeof part !== 'object' || part === null) {
    throw wrong(part, `a step is ${shown(part)}, expected an object {...}`);
  }
  const { action } = part as JsonObject;
  const fields = typeof action === 'string' ? stepFields(action) : undefined;
  if (typeof action !== 'string' || fields === undefined) {
    const role = typeof action === 'string' ? eventType(action)?.role : undefined;
    const why = role === undefined || role === 'input' ? ''
      : `; an event of role ${role} is no step`
        + (role === 'setup' ? ', but a part of the machine' : '');
    throw wrong(part, `a step's "action" is ${shown(action ?? null)}, expected one of `
      + `${Object.keys(actionFields).join(', ')}, or an input of \`mmreplay list events\`${why}`
      + (typeof action === 'string' ? didYouMean(action, stepNames()) : ''));
  }
  const step = checkFields(withRangesText(part as JsonObject, wrong), `step ${action}`,
    { action: text, ...fields }, (_, problem, key) => wrong(part, problem, key)) as unknown as Step;
  checkPlace(step, (problem) => wrong(part, problem));
  return step;
}

/** A scenario, and the line (from 1) on which a part of it begins. */
export interface LocatedScenario {
  readonly scenario: Scenario;
  readonly machineLine: number;
  lineOf(step: Step): number;
  /** Of a row of the machine. */
  lineOfRow(row: MachineRow): number;
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
  const lines = text.replace(/\r\n?/g, '\n');
  const located = /^\s*\{/.test(lines) || file.endsWith('.json') ? parseLocatedJson(file, lines)
    : parseLocatedYaml(file, lines);
  const wrong: Wrong = (part, problem, key) =>
    new TraceError({ file, line: located.lineOf(part, key) }, problem);
  const top = checkFields(located.value, 'the scenario', topFields, wrong);
  checkWord(top, 'level', ['hotplug', 'page'], wrong, located.value);
  checkWord(top, 'snapshots', ['each', 'ends'], wrong, located.value);
  const steps = (top.steps as readonly Json[])
    .map((part, at) => [checkStep(part, ofItem(top.steps ?? null, at, wrong)), part] as const);
  const parts = new Map<Step, Json>(steps);
  const rowParts = new Map<MachineRow, Json>();
  const scenario = {
    cmdline: '', note: '', level: 'hotplug', buffer_kb: top.level === 'page' ? 32768 : 1024,
    snapshots: 'each', timeout_s: 120, ...top, config: readConfig(top.config, wrong),
    expects: readExpectations((top.expects ?? []) as readonly Json[], wrong),
    machine: readMachine(top.machine as Json, top.kernel as string | undefined, wrong,
      (row, part) => rowParts.set(row, part)),
    steps: steps.map(([step]) => step),
  } as unknown as Scenario;
  return {
    scenario, machineLine: located.lineOf(top.machine as Json),
    lineOf: (step) => located.lineOf(parts.get(step) ?? null),
    lineOfRow: (row) => located.lineOf(rowParts.get(row) ?? top.machine as Json),
  };
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
  return readLocatedScenario(file).scenario;
}

/** The same with the lines of its parts. */
export function readLocatedScenario(file: string): LocatedScenario {
  return locateScenario(file, scenarioText(file));
}
