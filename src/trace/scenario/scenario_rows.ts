/** A scenario as rows: its machine, then a mark and the inputs of each step. */
import { assumption } from '../assumptions.js';
import type { TraceHeader, TraceRow } from '../trace.js';
import { markText, type Step } from './actions.js';
import { legacyPmem, softReserved } from './dax_ranges.js';
import { DescribedMemory } from './described_machine.js';
import { Proximity } from './proximity.js';
import { QemuMemory, type Range } from './qemu_memory.js';
import { everyBootParameter, type Scenario } from './scenario.js';
import { machineRows, nidAt } from './setup_rows.js';
import { type DaxMemory, type NearRange, StepReader } from './step_rows.js';
import type { MachineRow } from './machine_spec.js';

/** What a recording would have told. */
const ofScenario: readonly string[] = [
  'managed pages at boot: all present ones, and watermarks accordingly',
  'no page of the kernel\'s own keeps a block from going offline',
];

/** A step is a second after the one before it. */
const SECOND = 1e9;

export interface ScenarioRows {
  /** Each with the step that it comes of; undefined: the machine. */
  readonly rows: readonly {
    readonly row: TraceRow; readonly step?: Step; readonly of?: MachineRow;
  }[];
  /** Kinds of steps that the model has nothing for, once for each. */
  readonly unused: readonly string[];
  /** What QEMU would refuse; undefined step: the machine. */
  readonly refused: readonly { readonly text: string; readonly step?: Step }[];
  readonly header: Pick<TraceHeader, 'block_size' | 'cpus' | 'other'>;
}

type Growing = { -readonly [K in 'rows' | 'unused' | 'refused']: ScenarioRows[K][number][] };

/** What devices of the dax bus can be made of, with the nodes that it is near to. */
function daxMemory(
  cmdline: string, rows: readonly TraceRow[], windows: readonly Range[] = [],
): DaxMemory {
  const near = (range: Range): NearRange => ({ ...range, nid: nidAt(rows, range.start) });
  return {
    pmem: legacyPmem(cmdline).map(near), soft: softReserved(cmdline).map(near),
    windows: windows.map(near),
  };
}

/** A machine that its own rows describe. */
function setUpDescribed({ machine, cmdline, kernel }: Scenario, into: Growing): StepReader {
  const own = machine.rows ?? [];
  const rows = own.map((row) => ({ time_ns: 0, ...row }));
  const distances = machine.distances.map(([nid, to, distance]) => (
    { time_ns: 0, event: 'numa_distance', nid, args: `to=${to} distance=${distance}` } as const));
  const words = cmdline === '' ? [] : [{ time_ns: 0, event: 'boot_param', args: cmdline } as const];
  own.forEach((of, at) => into.rows.push({ row: rows[at] as TraceRow, of }));
  for (const row of [...distances, ...words]) into.rows.push({ row });
  const domains = new Proximity([], 0, cmdline);
  return new StepReader(
    machine, new DescribedMemory(own), domains, new Map(), kernel, daxMemory(cmdline, rows));
}

/** Adds the setup rows; the reader of the steps that come on this machine. */
function setUp(scenario: Scenario, into: Growing): StepReader {
  const { machine, cmdline, kernel } = scenario;
  if (machine.is_described === true) return setUpDescribed(scenario, into);
  const memory = new QemuMemory(machine);
  const virtioMem = new Map<string, Range>();
  for (const { id, size_mb, block_mb } of machine.virtio_mem) {
    const range = memory.plug(size_mb, block_mb);
    if (range !== undefined) virtioMem.set(id, range);
    else into.refused.push({ text: `QEMU has no place for ${id}, expected a larger maxmem` });
  }
  const { rows, proximity } = machineRows(scenario, memory);
  const args = `${everyBootParameter} ${cmdline}`.trim();
  for (const of of machine.rows ?? []) into.rows.push({ row: { time_ns: 0, ...of }, of });
  for (const row of [...rows, { time_ns: 0, event: 'boot_param', args } as const]) {
    into.rows.push({ row });
  }
  return new StepReader(
    machine, memory, proximity, virtioMem, kernel, daxMemory(cmdline, rows, memory.cxlWindows));
}

/** A step has none but itself, so what it puts in the way is meant for those behind it. */
function staying<R extends { readonly event: string; readonly args?: string }>(row: R): R {
  return row.event === 'unmovable_page'
    ? { ...row, args: [row.args, 'stays=1'].filter(Boolean).join(' ') } : row;
}

function addSteps({ steps }: Scenario, reader: StepReader, into: Growing): void {
  let time_ns = 0;
  for (const [index, step] of steps.entries()) {
    const args = `step ${index + 1}: ${markText(step)}`;
    time_ns += SECOND;
    into.rows.push({ row: { time_ns, event: 'tracing_mark_write', args }, step });
    const { rows, unused, refused } = reader.read(step, steps.slice(index + 1));
    for (const row of rows) into.rows.push({ row: { time_ns, ...staying(row) }, step });
    if (unused !== undefined) into.unused.push(`step:${unused}`);
    if (refused !== undefined) into.refused.push({ text: refused, step });
    if (step.action !== 'wait') continue;
    time_ns += Number(step.seconds) * SECOND;
    into.rows.push({ row: { time_ns, event: 'wait' }, step });
  }
}

/** All rows of a scenario, without any kernel's answers. */
export function scenarioRows(scenario: Scenario): ScenarioRows {
  const into: Growing = { rows: [], unused: [], refused: [] };
  const reader = setUp(scenario, into);
  addSteps(scenario, reader, into);
  return {
    ...into,
    header: {
      block_size: reader.blockSize, cpus: scenario.machine.cpus,
      other: [
        ['recording', scenario.name], ['note', scenario.note.replace(/\s+/g, ' ')],
        ...ofScenario.map(assumption),
      ],
    },
  };
}
