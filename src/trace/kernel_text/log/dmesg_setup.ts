/** Lines of the kernel log that shape the machine: they become setup rows. */
import { hex } from '../../../base/pfn.js';
import { excerpt } from '../../problems.js';
import { LAST_CPU } from '../../row_limits.js';
import type { TraceRow } from '../../trace.js';
import { e820Type, isE820Type } from './e820_type.js';
import { wordsIn } from '../../row_words.js';

/** A setup row without its time. */
export type SetupRow = Omit<TraceRow, 'time_ns'>;

/** `start=... end=...` of a `[mem 0xA-0xB]`, B being the last byte. */
function range(start: string | undefined, last: string | undefined): string {
  return `start=${hex(Number(start))} end=${hex(Number(last) + 1)}`;
}

const mem = String.raw`\[mem (0x[0-9a-f]+)-(0x[0-9a-f]+)\]`;

interface SetupLine {
  readonly pattern: RegExp;
  rows(match: RegExpExecArray, cpusAreUp: boolean): readonly SetupRow[];
}

const underscored = (text: string): string => text.trim().replace(/ /g, '_');

/** `#1 #2`, `#1-3` of a `.... node #0, CPUs:` line; of those that can be none, the first. */
function cpuNumbers(list: string): number[] {
  const cpus: number[] = [];
  for (const [, first, last] of list.matchAll(/#\s*(\d+)(?:\s*-\s*#?(\d+))?/g)) {
    const end = Math.min(Number(last ?? first), Math.max(Number(first), LAST_CPU + 1));
    for (let cpu = Number(first); cpu <= end; cpu++) cpus.push(cpu);
  }
  return cpus;
}

const setupLines: readonly SetupLine[] = [
  {
    // A guest of Xen that is no virtual machine has the map that Xen gives it.
    pattern: new RegExp(`^(?:BIOS-e820|Xen): ${mem} (.+)$`),
    rows: ([, start, last, type]) => [
      { event: 'e820', args: `${range(start, last)} type=${
        underscored(e820Type((type ?? '').trimEnd()))}` }],
  },
  {
    pattern: new RegExp(`^ACPI: SRAT: Node (\\d+) PXM \\d+ ${mem}(.*)$`),
    rows: ([, nid, start, last, rest]) => [{
      event: 'srat_mem', nid: Number(nid),
      args: `${range(start, last)}${rest?.includes('hotplug') === true ? ' hotplug=1' : ''}`,
    }],
  },
  {
    pattern: new RegExp(
      `^(?:ACPI: Reserving .* table memory at|(?:Allocated new )?RAMDISK:) ${mem}`),
    rows: ([, start, last]) => [{ event: 'memblock_reserve', args: range(start, last) }],
  },
  {
    pattern: /^Freeing (.+?) memory: (\d+)K/,
    rows: ([, what = '', kilobytes], cpusAreUp) => {
      const kind = underscored(/\((.+)\)/.exec(what)?.[1] ?? what.replace(/^unused /, ''));
      // Before the other CPUs up to v7.0; by an initcall, free_smp_locks(), in v7.1 and v7.2.
      const late = cpusAreUp && kind === 'SMP_alternatives' ? ' initcall=1' : '';
      return [{
        event: 'freed_at_boot', nr_pages: Math.floor(Number(kilobytes) / 4),
        args: `what=${kind}${late}`,
      }];
    },
  },
  {
    // calculate_node_totalpages() of up to v6.9, for the lowest zone.
    pattern: /^ *DMA(?:32)? zone: (\d+) pages reserved$/,
    rows: ([, pages]) => [{ event: 'dma_reserve', nr_pages: Number(pages) }],
  },
  {
    pattern: /^\.+ node +#(\d+), CPUs:(.*)$/,
    rows: ([, nid, list]) => cpuNumbers(list ?? '').map((cpu) => (
      { event: 'srat_cpu', nid: Number(nid), args: `cpu=${cpu}` })),
  },
];

/** Physical addresses have 52 bits. */
const LAST_BYTE = 2 ** 52;

/** What is wrong with `start=` and `end=` of a row; undefined when nothing is. */
export function rangeProblem(args: string): string | undefined {
  const { start, end = 0, type: word } = wordsIn('e820', args);
  const type = word?.replaceAll('_', ' ');
  if (type !== undefined && !isE820Type(type)) {
    return `the range was left out: it is ${excerpt(type)}, expected usable, reserved, ACPI data, `
      + 'type N or another of the kernel\'s words; is the line cut?';
  }
  const begins = 'the range was left out: it begins at';
  if (start === undefined || (start <= end && end <= LAST_BYTE)) return undefined;
  if (end <= LAST_BYTE) {
    return `${begins} ${hex(start)} and ends at ${hex(end)}, expected it to end above`;
  }
  return `${begins} ${hex(start)} and ends at ${hex(end)}, expected addresses of 52 bits`;
}

/** So begin lines with a range that shapes the machine. */
const ofMachine = /^(?:(?:BIOS-e820|Xen): |ACPI: SRAT: Node \d+ PXM \d+ )\[mem /;

/** What is wrong with a line that no row is made of; undefined: it need not be one. */
export function setupProblem(text: string): string | undefined {
  return ofMachine.test(text) ? `the range was left out: it is ${excerpt(text)}, expected `
    + '[mem 0xFIRST-0xLAST] in hex digits, as the kernel prints it, and what it is' : undefined;
}

/**
 * The setup rows of a line; undefined when it is not such a line. `cpusAreUp`: the log has said so
 * before it, which is when initcalls begin.
 */
export function setupRows(text: string, cpusAreUp: boolean): readonly SetupRow[] | undefined {
  for (const { pattern, rows } of setupLines) {
    const match = pattern.exec(text);
    if (match !== null) return rows(match, cpusAreUp);
  }
  return undefined;
}
