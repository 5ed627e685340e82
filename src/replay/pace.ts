/**
 * What a replay takes from the order of the recorded rows. A call that others interrupt goes as far
 * as the rows of its task say, so how often it goes round its loops is the recording's, not the
 * model's; a held free and a signal come when later rows say that they had come.
 */
import { onceFor } from '../base/once.js';
import type { Trace } from '../trace/trace.js';
import { callsOfOthers } from './calls.js';
import { isPacedCall } from './paced_call.js';
import { deviceWorkOf, pacedWorkOf } from './pages/device_work.js';
import { pageRowsOf, releaseRow } from './pages/events.js';
import { isSignalled } from './signals.js';

const pace = 'pace of a call, by the rows of its task';
const held = 'moment at which a held free goes on';
const signal = 'moment at which a signal comes';

/** By kind; nothing for a trace whose calls come one after the other. */
export const takenPace = onceFor((trace: Trace): ReadonlyMap<string, number> => {
  const { has, others } = pageRowsOf(trace);
  const calls = [...callsOfOthers(trace).values()].filter(({ auto }) => !auto);
  const paced = calls.filter((call) => (has || call.overlaps) && isPacedCall(trace, call));
  const signals = calls.filter((call) => isSignalled(trace, call));
  const counts = new Map([
    [pace, paced.length + (has ? deviceWorkOf(trace) : pacedWorkOf(trace)).size],
    [held, has ? heldPages(trace, others) : 0], [signal, signals.length],
  ]);
  return new Map([...counts].filter(([, count]) => count > 0));
});

/** Pages whose free or allocation goes on later than the command that let it go says. */
function heldPages(trace: Trace, others: Int32Array): number {
  const holding = new Set<number>();
  let count = 0;
  for (const row of others) {
    const pfn = trace.pfn(row);
    if (trace.event(row) === 'hold' && pfn >= 0) holding.add(pfn);
    if (trace.event(row) !== 'unhold') continue;
    for (const one of holding) {
      if (pfn >= 0 && pfn !== one) continue;
      if (releaseRow(trace, row, one) !== row) count += 1;
      holding.delete(one);
    }
  }
  return count;
}
