/** Schedules as text: `s1:a70b1a3` = 70 steps of the first task, one of the second, three of ... */
import { UsageError } from '../base/errors.js';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** Tasks by number, step by step, as text. */
export function scheduleText(steps: readonly number[]): string {
  let text = 's1:';
  for (let i = 0; i < steps.length;) {
    let end = i;
    while (end < steps.length && steps[end] === steps[i]) end += 1;
    text += `${LETTERS[steps[i] ?? 0] ?? '?'}${end - i}`;
    i = end;
  }
  return text;
}

/** Steps of a schedule: `explore` finds none that is nearly as long. */
const STEPS_MAX = 1_000_000;

/** Errors: UsageError. */
export function parseSchedule(text: string): readonly number[] {
  const match = /^s1:((?:[a-z]\d+)*)$/.exec(text);
  if (match === null) {
    throw new UsageError(`schedule "${text}": expected s1: and turns like a70b1a3`);
  }
  const turns = [...(match[1] ?? '').matchAll(/([a-z])(\d+)/g)]
    .map(([, letter = '', count]) => ({ task: LETTERS.indexOf(letter), count: Number(count) }));
  const steps = turns.reduce((sum, { count }) => sum + count, 0);
  if (steps > STEPS_MAX) {
    throw new UsageError(`schedule "${text}": has ${steps} steps, expected up to ${STEPS_MAX}`);
  }
  return turns.flatMap(({ task, count }) => new Array<number>(count).fill(task));
}

/** How often another task takes over. */
export function switchesOf(steps: readonly number[]): number {
  let switches = 0;
  for (let i = 1; i < steps.length; i += 1) if (steps[i] !== steps[i - 1]) switches += 1;
  return switches;
}
