/** What was explored, as text. */
import { hex } from '../base/pfn.js';
import type { Explored, Parting, ScheduleRun } from './explore.js';
import { RETRIES } from './policy_frames.js';
import { scheduleText } from './schedule_text.js';
import type { Window } from './window.js';

/** 1234567 as `1.2e6`, small numbers as they are. */
function count(value: number | bigint): string {
  return value < 1e6 ? String(value) : Number(value).toExponential(1).replace('+', '');
}

export function windowText(window: Window): string {
  const { start_pfn, nr_pages, offliner, tasks } = window;
  const letters = tasks.map(({ name }, index) => `${String.fromCharCode(98 + index)} ${name}`);
  return `a ${offliner} takes ${hex(start_pfn)} .. ${hex(start_pfn + nr_pages - 1)} offline; ` +
    `beside it ${letters.length === 0 ? 'nobody' : letters.join(', ')}\n`;
}

export function exploredText({ id, result }: Explored): string {
  const lines = [`\n${id}${result.incomplete ? ' (not complete)' : ''}\n`];
  for (const { outcome, schedules, shortest } of result.endings) {
    lines.push(`  ${outcome}\n`);
    lines.push(`    ${count(schedules)} schedules, shortest ${scheduleText(shortest)}\n`);
  }
  if (result.bounded) {
    lines.push(`  a loop of the policy's own: up to ${RETRIES} equal rounds are told apart\n`);
  }
  lines.push(`  ${result.states} states, ${count(result.transitions)} steps\n`);
  return lines.join('');
}

export function partingText(parting: Parting, trace: string, base: string | undefined): string {
  const { one, other, schedule, outcomes } = parting;
  const basis = base === undefined ? '' : ` --base ${base}`;
  return `\n${one} and ${other} part on ${schedule}\n` +
    `  ${one}: ${outcomes[0]}\n  ${other}: ${outcomes[1]}\n` +
    `  mmreplay run ${trace}${basis} -p ${one} -p ${other} --schedule ${schedule}\n`;
}

/** One schedule under one policy, turn by turn. */
export function scheduleRunText(id: string, run: ScheduleRun): string {
  const lines = [`${id}: ${run.outcome}\n`];
  for (const { task, steps, at } of run.turns) {
    lines.push(`  ${task}: ${steps} step${steps === 1 ? '' : 's'}, then at ${at || 'its end'}\n`);
  }
  lines.push(`  ${run.tests} tests, ${run.failedTests} of them failed; ${run.drains} drains, ` +
    `${run.drainWorkItems} work items\n`);
  return lines.join('');
}
