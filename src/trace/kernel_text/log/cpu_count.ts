/** How many CPUs a machine has, by the lines that tell it before any of them comes up. */
import type { LogLine, LogProblem } from './log_lines.js';
import type { DmesgFacts, DmesgRow } from './dmesg_facts.js';

/**
 * CPUs that are there when the kernel boots; those that can be plugged in later are told apart:
 * prefill_possible_map() of arch/x86/kernel/smpboot.c up to v6.8, arch/x86/kernel/cpu/topology.c
 * since.
 */
export function presentCpus(text: string): number | undefined {
  const [, allowed, hotplug] =
    /^smpboot: Allowing (\d+) CPUs, (\d+) hotplug CPUs/.exec(text) ?? [];
  if (allowed !== undefined) return Number(allowed) - Number(hotplug);
  const present = /^CPU topo: Allowing (\d+) present CPUs plus/.exec(text)?.[1];
  return present === undefined ? undefined : Number(present);
}

/** What is taken where no line tells. */
export function oneCpuNote(
  { rows, facts }: { readonly rows: readonly DmesgRow[]; readonly facts: DmesgFacts },
  lines: readonly LogLine[],
): LogProblem[] {
  const isTold = facts.cpus !== undefined || rows.some(({ row }) => row.event === 'srat_cpu');
  if (isTold || !rows.some(({ row }) => row.event === 'e820')) return [];
  return [{ line: lines[0]?.line ?? 0,
    message: 'the log does not say how many CPUs there are: one is taken' }];
}
