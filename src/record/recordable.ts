/** What a real kernel under QEMU can be told to do: steps as actions, or why there is none. */
import { PAGE_SIZE, hex } from '../base/pfn.js';
import { TraceError } from '../base/errors.js';
import { eventType, type EventName } from '../trace/events.js';
import { isStateWord } from '../trace/kernel_text/recording/shell_writes.js';
import { type ActionName, isAction, type Step } from '../trace/scenario/actions.js';
import type { LocatedScenario, Scenario } from '../trace/scenario/scenario.js';
import { scenarioRows } from '../trace/scenario/scenario_rows.js';

/** A step that `actions` of this folder knows. */
export interface RecordableStep extends Step { readonly action: ActionName }
export interface RecordableScenario extends Scenario { readonly steps: readonly RecordableStep[] }

const SYSFS = '/sys/devices/system';

type Fields = Readonly<Record<string, string | number | undefined>>;

const write = (path: string, value: string | number): RecordableStep =>
  ({ action: 'write', path, value: String(value) });

/** Events that a file of sysfs or procfs makes; `pfn` is where the row of the step is. */
const actionOf: { readonly [N in EventName]?: (step: Fields, pfn: number, pages: number) =>
RecordableStep } = {
  write_parameter: ({ file = '', value = '' }) => write(String(file), value),
  read_parameter: ({ file = '' }) => ({ action: 'read', path: String(file) }),
  notifier_error: ({ event = '', ret = 0 }) =>
    ({ action: 'notifier-error', event, errno: Number(ret) }),
  memory_failure: (_, pfn) =>
    write(`${SYSFS}/memory/hard_offline_page`, hex(pfn * PAGE_SIZE)),
  soft_offline_page: (_, pfn) =>
    write(`${SYSFS}/memory/soft_offline_page`, hex(pfn * PAGE_SIZE)),
  read_valid_zones: (_, pfn, pages) =>
    ({ action: 'read', path: `${SYSFS}/memory/memory${Math.floor(pfn / pages)}/valid_zones` }),
  cpu_online: ({ cpu = 0 }) => write(`${SYSFS}/cpu/cpu${cpu}/online`, 1),
  cpu_offline: ({ cpu = 0 }) => write(`${SYSFS}/cpu/cpu${cpu}/online`, 0),
};

const ofDriver = 'only code in the kernel does it: a driver, or a kernel of your own with a file '
  + 'of debugfs that `write` reaches';
const ofLab = 'a stock kernel has nobody who does it when told; a kernel of your own has, with '
  + '`lab`';
const runsToItsEnd = 'a step of a recording runs to its end before the next one begins';

const whyNot: { readonly [N in EventName]?: string } = {
  add_memory: 'QEMU chooses the address of a DIMM and ACPI adds it: `add-dimm`, with `address` '
    + 'where it matters',
  remove_memory: 'ACPI removes a DIMM: `remove-dimm`',
  virtio_mem_config_changed: 'QEMU has the device: `virtio_mem` of the machine, and `virtio-mem`',
  dax_kmem_probe: 'it needs the device: `dax-kmem`, `dax-hmem` or `cxl-region` makes one',
  dax_kmem_remove: '`dax-kmem-unbind` does it',
  dax_kmem_state: '`write` does it, to the file `state` of the device',
  set_online_page_callback: ofLab, restore_online_page_callback: ofLab, free_reserved_page: ofLab,
  alloc_pages: ofLab, free_pages: ofLab, hold: ofLab, unhold: ofLab,
  signal: `nobody is there to get it: ${runsToItsEnd}`,
  compact_zone: 'no file of procfs compacts one zone; `write` of 1 to /proc/sys/vm/compact_memory '
    + 'compacts all',
  read_kpageflags: 'no action reads a part of it; `sh` with dd does',
  cpu_remove: 'QEMU takes no CPU of a scenario out; `cpu_offline` takes it offline',
};

/** Why no action does what the event is; undefined: one does. */
function reasonAgainst(step: Step, scenario: Scenario): string | undefined {
  const { action } = step;
  if (step.phase !== undefined) return `phase ${step.phase}: ${runsToItsEnd}`;
  const isAbout = action === 'cpu_online' || action === 'cpu_offline';
  if (isAbout && Number(step.cpu) >= scenario.machine.cpus) {
    return `cpu ${step.cpu} is not there, expected one of 0 to ${scenario.machine.cpus - 1}`;
  }
  if (isAction(action) || actionOf[action] !== undefined) {
    const who = step.task !== undefined ? 'task' : step.cpu !== undefined && !isAbout ? 'cpu' : '';
    return who === '' ? undefined : `which ${who} does it cannot be chosen, expected no "${who}"`;
  }
  if (eventType(action)?.role === 'taken') {
    return 'it is what a recording finds, and nothing that a kernel can be given';
  }
  return whyNot[action] ?? ofDriver;
}

function machineProblems({ machine, config }: Scenario): readonly string[] {
  const given = machine.is_described === true ? ['e820']
    : (machine.rows ?? []).map(({ event }) => event);
  return [
    ...[...new Set(given)].map((event) =>
      `${event} of the machine: the firmware of QEMU and the kernel make it, expected a machine of `
      + 'QEMU (type, memory, nodes)'),
    ...(machine.block_size === undefined ? [] : ['block_size of the machine: the kernel chooses it '
      + 'by the end of memory']),
    ...(Object.keys(config).length === 0 ? [] : [`config (${Object.keys(config).join(' ')}): the `
      + 'kernel image has its own, expected a kernel that was built so and no config']),
  ];
}

/** The actions that a step comes to: a state word for each of its blocks. */
function actionsOf(step: Step, blocks: readonly { pfn: number; nr_pages: number }[]): Step[] {
  const { action } = step;
  const [{ pfn = 0, nr_pages = 1 } = {}] = blocks;
  if (isStateWord(action)) {
    return blocks.map((row) => ({ action, block: Math.floor(row.pfn / row.nr_pages) }));
  }
  return isAction(action) ? [step] : [actionOf[action]?.(step, pfn, nr_pages) ?? step];
}

/**
 * The same scenario in actions of `record`; addresses of DIMMs are those that QEMU will give them.
 * Error: TraceError that names, a line each, every step and part of the machine that a real kernel
 * under QEMU cannot do, and why.
 */
export function recordable(
  file: string, { scenario, lineOf, machineLine }: LocatedScenario,
): RecordableScenario {
  const problems = machineProblems(scenario)
    .map((problem) => ({ line: machineLine, problem }));
  for (const step of scenario.steps) {
    const why = reasonAgainst(step, scenario);
    if (why !== undefined) problems.push({ line: lineOf(step), problem: `${step.action}: ${why}` });
  }
  const [first, ...more] = problems;
  if (first !== undefined) {
    const rest = more.map(({ line, problem }) => `\n${file}:${line}: ${problem}`);
    throw new TraceError({ file, line: first.line },
      `cannot be recorded: ${first.problem}${rest.join('')}`);
  }
  const { rows } = scenarioRows(scenario);
  const steps = scenario.steps.flatMap((step) => actionsOf(step, rows.flatMap((one) =>
    (one.step === step && one.row.event !== 'tracing_mark_write'
      ? [{ pfn: one.row.pfn ?? 0, nr_pages: one.row.nr_pages ?? 1 }] : []))));
  return { ...scenario, steps } as RecordableScenario;
}
