import { assumption } from '../assumptions.js';
import type { ImportContext, Importer } from '../importer.js';
import { markText } from '../scenario/actions.js';
import { QemuMemory, type Range } from '../scenario/qemu_memory.js';
import {
  everyBootParameter, locateScenario, type LocatedScenario, type Scenario,
} from '../scenario/scenario.js';
import { machineRows } from '../scenario/setup_rows.js';
import { StepReader } from '../scenario/step_rows.js';
import { readText, type Source } from '../source.js';
import type { TraceHeader } from '../trace.js';

/** What a recording would have told. */
const ofScenario: readonly string[] = [
  'managed pages at boot: all present ones, and watermarks accordingly',
  'no page of the kernel\'s own keeps a block from going offline',
];

/** A step is a second after the one before it. */
const SECOND = 1e9;

/** Appends setup rows; the reader of the steps that come on this machine. */
function setUp({ machine, cmdline, kernel }: Scenario, source: Source, context: ImportContext): StepReader {
  const { builder, problems } = context;
  const memory = new QemuMemory(machine);
  const virtioMem = new Map<string, Range>();
  for (const { id, size_mb, block_mb } of machine.virtio_mem) {
    const range = memory.plug(size_mb, block_mb);
    if (range !== undefined) virtioMem.set(id, range);
    else problems.add(source.path, 0, `QEMU has no place for ${id}, expected a larger maxmem`);
  }
  const { rows, proximity } = machineRows(machine, memory);
  for (const row of rows) builder.append(row);
  const args = `${everyBootParameter} ${cmdline}`.trim();
  builder.append({ time_ns: 0, event: 'boot_param', args });
  return new StepReader(machine, memory, proximity, virtioMem, kernel);
}

/** Appends a mark and input rows for each step. */
function appendSteps(
  { scenario, lineOf }: LocatedScenario, reader: StepReader, source: Source,
  { builder, problems }: ImportContext,
): void {
  let time_ns = 0;
  for (const [index, step] of scenario.steps.entries()) {
    const line = lineOf(step);
    const mark = `step ${index + 1}: ${markText(step)}`;
    time_ns += SECOND;
    builder.append({ time_ns, event: 'tracing_mark_write', args: mark }, line);
    const { rows, unused, refused } = reader.read(step, scenario.steps.slice(index + 1));
    for (const row of rows) builder.append({ time_ns, ...row }, line);
    if (unused !== undefined) builder.countUnused(`step:${unused}`);
    if (refused !== undefined) problems.add(source.path, line, refused);
    if (step.action === 'wait') time_ns += Number(step.seconds) * SECOND;
  }
}

export default {
  id: 'scenario',
  doc: 'A scenario for `mmreplay record`: its machine and steps, without any kernel\'s answers.',
  made_by: 'hand; see traces/scenarios',
  sniff: ({ head }) => {
    const json = /^\s*\{/.test(head) && /"machine"\s*:\s*\{/.test(head) &&
      /"(name|steps)"\s*:/.test(head);
    return json || (/^machine:/m.test(head) && /^(name|steps):/m.test(head)) ? 0.9 : 0;
  },
  async read(source: Source, context: ImportContext): Promise<Partial<TraceHeader>> {
    const { given } = context;
    const located = locateScenario(source.path, await readText(source));
    const { scenario } = located;
    const question = given.question ?? scenario.question;
    const reader = setUp(scenario, source, context);
    appendSteps(located, reader, source, context);
    return {
      block_size: reader.blockSize, cpus: scenario.machine.cpus, config: given.config,
      ...(scenario.kernel === undefined ? {} : { kernel: scenario.kernel }),
      ...(given.series === undefined ? {} : { series: given.series }),
      ...(question === undefined ? {} : { question }),
      other: [
        ['recording', scenario.name], ['note', scenario.note.replace(/\s+/g, ' ')],
        ...ofScenario.map(assumption),
      ],
    };
  },
} satisfies Importer;
