/** What is explored, and what one schedule comes to, as text. */
import { hex } from '../base/pfn.js';
import { lettersOf } from './document.js';
import type { ScheduleRun } from './explore.js';
import type { Window } from './window.js';

export function windowText(window: Window): string {
  const { start_pfn, nr_pages } = window;
  const [offliner, ...others] = lettersOf(window);
  const letters = others.map(({ letter, task }) => `${letter} ${task}`);
  return `a ${offliner?.task ?? ''} takes ${hex(start_pfn)} .. ${hex(start_pfn + nr_pages - 1)} ` +
    `offline; beside it ${letters.length === 0 ? 'nobody' : letters.join(', ')}\n`;
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
