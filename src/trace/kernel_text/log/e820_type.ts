/** Words for the types of the firmware's memory map: e820_print_type(), arch/x86/kernel/e820.c. */
import { own } from '../../../base/own.js';

/** What kernels since v7.1 print, and what traces have, which are the words before that. */
const since_v7_1: Readonly<Record<string, string>> = {
  'System RAM': 'usable', 'device reserved': 'reserved',
};

/** The type as a trace has it, of what any kernel prints behind `[mem 0x...-0x...]`. */
export function e820Type(printed: string): string {
  const text = printed.trim();
  return own(since_v7_1, text) ?? text.replace(/^persistent RAM /, 'persistent ');
}

const known = new RegExp('^(?:usable|reserved|soft reserved|ACPI data|ACPI NVS|unusable|'
  + 'persistent \\(type \\d+\\)|type \\d+)$');

/** Does a kernel print such a word? A line that was cut has another. */
export function isE820Type(printed: string): boolean {
  return known.test(e820Type(printed));
}
