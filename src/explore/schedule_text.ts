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

/** Errors: UsageError. */
export function parseSchedule(text: string): readonly number[] {
  const match = /^s1:((?:[a-z]\d+)*)$/.exec(text);
  if (match === null) {
    throw new UsageError(`schedule "${text}": expected s1: and turns like a70b1a3`);
  }
  const steps: number[] = [];
  for (const [, letter, count] of (match[1] ?? '').matchAll(/([a-z])(\d+)/g)) {
    for (let i = 0; i < Number(count); i += 1) steps.push(LETTERS.indexOf(letter ?? 'a'));
  }
  return steps;
}

/** How often another task takes over. */
export function switchesOf(steps: readonly number[]): number {
  let switches = 0;
  for (let i = 1; i < steps.length; i += 1) if (steps[i] !== steps[i - 1]) switches += 1;
  return switches;
}
