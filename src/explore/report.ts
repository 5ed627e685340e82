/** What was explored, as text. */
import { hex } from '../base/pfn.js';
import { verdictText } from '../observe/facts/fact_text.js';
import { lettersOf, type ExploredPolicy, type RecordedFacts } from './document.js';
import type { Parting, ScheduleRun } from './explore.js';
import { RETRIES } from './policy_frames.js';
import type { Window } from './window.js';

/** 1234567 as `1.2e6`, small numbers as they are. */
function count(value: number | bigint): string {
  return value < 1e6 ? String(value) : Number(value).toExponential(1).replace('+', '');
}

export function windowText(window: Window): string {
  const { start_pfn, nr_pages } = window;
  const [offliner, ...others] = lettersOf(window);
  const letters = others.map(({ letter, task }) => `${letter} ${task}`);
  return `a ${offliner?.task ?? ''} takes ${hex(start_pfn)} .. ${hex(start_pfn + nr_pages - 1)} ` +
    `offline; beside it ${letters.length === 0 ? 'nobody' : letters.join(', ')}\n`;
}

function recordedText({ before, whole, first }: RecordedFacts): string {
  return `  recorded facts before it: ${verdictText(before)}\n` +
    `  recorded facts of the whole trace: ${verdictText(whole)}\n` +
    (first === undefined ? '' : '  the recorded kernel did otherwise, first in step ' +
      `${first.step}: ${first.fact}: recorded ${first.recorded}, modelled ${first.modelled}\n`);
}

export function exploredText(policy: ExploredPolicy): string {
  const lines = [`\n${policy.id}${policy.complete ? '' : ' (not complete)'}\n`];
  for (const { outcome, schedules, shortest } of policy.endings) {
    lines.push(`  ${outcome}\n`);
    lines.push(`    ${count(BigInt(schedules))} schedules, shortest ${shortest}\n`);
  }
  if (policy.bounded) {
    lines.push(`  a loop of the policy's own: up to ${RETRIES} equal rounds are told apart\n`);
  }
  lines.push(`  ${policy.states} states, ${count(policy.steps)} steps\n`);
  if (policy.recorded !== null) lines.push(recordedText(policy.recorded));
  return lines.join('');
}

export function partingText(parting: Parting, command: string): string {
  const { one, other, schedule, outcomes } = parting;
  return `\n${one} and ${other} part on ${schedule}\n` +
    `  ${one}: ${outcomes[0]}\n  ${other}: ${outcomes[1]}\n  ${command}\n`;
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
