/** Machines that the model does not have, by lines that only their kernels print. */
import { TraceError } from '../../../base/errors.js';
import { excerpt } from '../../problems.js';
import type { LogLine } from './log_lines.js';

const others: readonly (readonly [machine: string, pattern: RegExp])[] = [
  ['an arm64 machine', /^Booting Linux on physical CPU 0x[0-9a-f]+ \[0x[0-9a-f]+\]/],
  ['a 32-bit arm machine', /^(?:Booting Linux on physical CPU 0x[0-9a-f]+$|CPU: ARMv\d)/],
  ['a riscv machine', /^(?:riscv: (?:base ISA|ISA ext)|SBI specification v|SBI implementation ID)/],
  ['an s390 machine', /^setup(?:\.[0-9a-f]+)?: Linux is running /],
  ['a ppc64 machine', /^(?:radix-mmu|hash-mmu): |^Using (?:pSeries|PowerNV|powernv) machine/],
  ['a ppc machine', /^Using .{1,40} machine description/],
  ['a MIPS machine', /^CPU0 revision is: [0-9a-f]+ \((?!Intel|AMD)|^MIPS: machine is /],
  ['a sparc machine', /^PROMLIB: |^ARCH: SUN4/],
  ['a parisc machine', /^The (?:64|32)-bit Kernel has started\.\.\./],
  ['a m68k machine', /^(?:Amiga|Atari|Macintosh) hardware found/],
  ['a user-mode kernel', /^UML running in /],
  ['a loongarch machine', /^64-bit Loongson Processor probed/],
  ['a 32-bit x86 machine',
    /^\d+MB (?:HIGHMEM|LOWMEM) available|^Linux version \S*[.-](?:i?[3-6]86)\b/],
  ['a machine with device tree', /^(?:OF: fdt: |Machine model: )/],
];
const x86 = /^BIOS-e820: |^Xen: \[mem /;

export interface ForeignMachine {
  readonly machine: string;
  readonly line: number;
  readonly text: string;
}

/** The machine of a log that is not of x86-64; undefined where none of the lines says so. */
export function foreignMachine(lines: readonly LogLine[]): ForeignMachine | undefined {
  const isX86 = lines.some(({ text }) => x86.test(text));
  for (const [machine, pattern] of others) {
    const found = lines.find(({ text }) => pattern.test(text));
    const is32Bit = machine.includes('x86');
    if (found === undefined || (isX86 && !is32Bit)) continue;
    return { machine, line: found.line, text: found.text };
  }
  return undefined;
}

/** Error: TraceError for a log of such a machine. */
export function refuseForeign(
  file: string, { foreign }: { readonly foreign?: ForeignMachine },
): void {
  if (foreign === undefined) return;
  throw new TraceError({ file, line: foreign.line },
    `the log is of ${foreign.machine} (${excerpt(foreign.text)}), expected x86-64: the model has `
    + 'no other');
}
