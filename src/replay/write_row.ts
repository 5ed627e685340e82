/**
 * When a limit of the lists is written. The row of it stands where its step begins, and the shell
 * that writes has yet to start: what is freed meanwhile meets the limit of before.
 */
import { onceFor } from '../base/once.js';
import type { Trace } from '../trace/trace.js';
import { ALLOC, isPageEvent } from './pages/events.js';

/** Written by nothing that allocates or frees pages itself. */
const limits = new RegExp('/(min_free_kbytes|watermark_scale_factor|lowmem_reserve_ratio|'
  + 'percpu_pagelist_(high_)?fraction)$');

/** The last page-level row before the write; the row itself where nobody is seen to write. */
export function writeRow(trace: Trace, row: number): number {
  if (trace.event(row) !== 'write_parameter') return row;
  const rows = known(trace);
  const found = rows.get(row) ?? findRow(trace, row);
  rows.set(row, found);
  return found;
}

const known = onceFor((_: Trace) => new Map<number, number>());

/** The step is nothing but this write. */
function isStep(trace: Trace, row: number, mark: number): boolean {
  const step = /^step \d+: write path=(\S+) value=/.exec(trace.args(mark));
  return step?.[1] !== undefined && limits.test(step[1])
    && trace.args(row).includes(`file=${step[1]} `);
}

/**
 * The writer is the shell that was started last of those that end before the guest encodes what the
 * command printed. It writes between its last allocation and its end.
 */
function findRow(trace: Trace, row: number): number {
  let mark = row;
  while (mark > 0 && trace.event(mark) !== 'tracing_mark_write') mark -= 1;
  if (!isStep(trace, row, mark)) return row;
  const { event, task } = trace.columns;
  const last = new Map<number, number>();
  let end = row + 1;
  for (; end < trace.length && trace.event(end) !== 'tracing_mark_write'; end += 1) {
    const code = event.get(end);
    if (isPageEvent[code] !== 1) continue;
    if (code === ALLOC) last.set(task.get(end), end);
  }
  const shells = [...last].filter(([code, at]) =>
    /^sh-\d+$/.test(trace.strings[code] ?? '') && isOver(trace, code, at, end));
  const pid = ([code]: readonly [number, number]): number =>
    Number(trace.strings[code]?.slice('sh-'.length));
  const [writer] = shells.sort((a, b) => pid(b) - pid(a));
  return writer?.[1] ?? row;
}

/** The task has ended, and what it printed is encoded after that. */
function isOver(trace: Trace, code: number, last: number, end: number): boolean {
  const { event, task } = trace.columns;
  let final = last;
  for (let at = last; at < end; at += 1) if (task.get(at) === code) final = at;
  for (let at = final + 1; at < end; at += 1) {
    const name = trace.strings[task.get(at)] ?? '';
    if (isPageEvent[event.get(at)] === 1 && name.startsWith('base64-')) return true;
  }
  return false;
}
