/** A machine that is described as a CSV trace does it: by the rows of its firmware's tables. */
import { MIB, hex } from '../../base/pfn.js';
import type { Json } from '../../base/located_json.js';
import { maxOf } from '../../base/long_lists.js';
import { endOf, machineEvents, machineRow, rangeFields } from './event_fields.js';
import { checkFields, type Fields, type JsonObject, type Wrong } from './field_kinds.js';
import { HUGE_PAGE_MB, PluggedMemory, type Range } from './qemu_memory.js';
import type { MachineRow } from './machine_spec.js';
import { wordsIn } from '../row_words.js';
import { does } from '../since.js';

/** What says where memory and nodes are; QEMU's own machine has its own tables. */
const tables: ReadonlySet<string> = new Set(['e820', 'srat_mem', 'srat_cpu', 'managed_at_boot']);

/** Fields of a machine, a list of rows each; `cxl_windows` are the windows of the CEDT. */
export const describedFields: Fields = Object.fromEntries(
  [...machineEvents, 'cxl_windows'].map((event) => [event, { is: 'list', optional: true }]));

export function rangeOf({ args = '' }: MachineRow): Range {
  const { start = NaN, end = NaN } = wordsIn('e820', args);
  return { start, end };
}

/**
 * The nodes of CXL windows: acpi_parse_cfmws() of drivers/acpi/numa/srat.c, from v5.16 on. A window
 * of which the SRAT has a part gets no node.
 */
export function windowRows(
  windows: readonly Range[], rows: readonly MachineRow[], release: string | undefined,
): readonly MachineRow[] {
  if (!does('window_nodes', release)) return [];
  const srat = rows.filter(({ event }) => event === 'srat_mem').map(rangeOf);
  const nids = rows.filter(({ event }) => event.startsWith('srat_')).map(({ nid = 0 }) => nid);
  const first = maxOf(nids, -1) + 1;
  return windows
    .filter(({ start, end }) => !srat.some((range) => range.start < end && start < range.end))
    .map(({ start, end }, index) => ({
      event: 'srat_mem', nid: first + index,
      args: `start=${hex(start)} end=${hex(end)} hotplug=1`,
    }));
}

function windowOf(part: Json, wrong: Wrong): Range {
  const read = checkFields(part, 'a CXL window', rangeFields, wrong);
  return { start: read.start as number, end: endOf(part, read, wrong) };
}

/** The windows of its CEDT, in bytes. */
export function describedWindows(machine: JsonObject, wrong: Wrong): readonly Range[] {
  return ((machine.cxl_windows ?? []) as readonly Json[]).map((part) => windowOf(part, wrong));
}

/** The rows of the machine's lists. */
export function describedRows(
  machine: JsonObject, release: string | undefined, wrong: Wrong,
  isOf: (row: MachineRow, part: Json) => void,
): readonly MachineRow[] {
  const rows = machineEvents.flatMap((event) =>
    ((machine[event] ?? []) as readonly Json[]).map((part) => {
      const row = machineRow(event, part, wrong);
      isOf(row, part);
      return row;
    }));
  return [...rows, ...windowRows(describedWindows(machine, wrong), rows, release)];
}

/** What of a machine only QEMU has. */
const ofQemu = ['type', 'memory', 'slots', 'maxmem', 'nodes', 'virtio_mem', 'cxl'] as const;

/** Whether its tables describe it: else QEMU makes them. */
export function isDescribed(machine: JsonObject, wrong: Wrong, part: Json): boolean {
  const given = Object.keys(machine).filter((key) => tables.has(key) || key === 'cxl_windows');
  if (given.length === 0) return false;
  if (machine.e820 === undefined) {
    throw wrong(part, `the machine has ${given.join(', ')} and no e820, expected its memory map`);
  }
  const both = ofQemu.find((key) => machine[key] !== undefined);
  if (both !== undefined) {
    throw wrong(part, `the machine has "${both}", which is of a machine of QEMU, and e820, which `
      + 'describes one; expected one of them (nodes are srat_mem and srat_cpu there)');
  }
  return true;
}

/** The memory of a described machine: DIMMs go into the hotplug windows of its SRAT. */
export class DescribedMemory extends PluggedMemory {
  readonly #windows: readonly (Range & { readonly nid: number })[];
  /** End of the memory that the kernel may use at boot. */
  readonly end: number;

  constructor(rows: readonly MachineRow[]) {
    super();
    this.end = maxOf(rows.filter(({ event, args }) =>
      event === 'e820' && wordsIn('e820', args).type === 'usable')
      .map((row) => rangeOf(row).end), 0);
    this.#windows = rows.filter(({ event, args = '' }) =>
      event === 'srat_mem' && wordsIn('srat_mem', args).hotplug === true)
      .map((row) => ({ ...rangeOf(row), nid: row.nid ?? 0 }));
  }

  /** The first free place in a window of the node; undefined: none has one. */
  plug(size_mb: number, nid: number): Range | undefined {
    const size = size_mb * MIB;
    for (const { start, end, nid: of } of this.#windows) {
      if (of !== nid) continue;
      let at = start;
      for (const other of this.plugged) {
        if (at + size <= other.start || other.end <= at) continue;
        at = Math.ceil(other.end / (HUGE_PAGE_MB * MIB)) * HUGE_PAGE_MB * MIB;
      }
      if (at + size <= end) return this.plugAt(at, size_mb);
    }
    return undefined;
  }

  plugAt(start: number, size_mb: number): Range {
    return this.add({ start, end: start + size_mb * MIB });
  }
}
