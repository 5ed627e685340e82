import { expect, test } from 'vitest';
import { PageLevel } from '../../src/replay/pages/page_level.js';
import { replay } from '../../src/replay/replay.js';
import type { Trace, TraceRow } from '../../src/trace/trace.js';
import { versionOfHeader } from '../../src/replay/version.js';
import { traceOf } from './rig.js';

const BLOCK = 0x100000;
const NR = 32768;
const [DRAINED, LATER] = [BLOCK + 0x300, BLOCK + 0x301];

type Row = Omit<TraceRow, 'time_ns'>;

/** A page that CPU 1 frees to its list. */
const freed = (pfn: number): Row[] => [
  { event: 'mm_page_alloc', cpu: 1, task: 'dd-7', pfn, order: 0, migratetype: 1 },
  { event: 'mm_page_free', cpu: 1, task: 'dd-7', pfn, order: 0 },
];
const offliner = (row: Row): Row => ({ cpu: 0, task: 'sh-9', ...row });

/** CPU 1 frees another page as soon as its worker has drained; then the next pageblock's turn. */
function trace(worker: Row[]): Trace {
  return traceOf([
    { event: 'add_memory', nid: 0, pfn: BLOCK, nr_pages: NR },
    { event: 'online_movable', pfn: BLOCK, nr_pages: NR },
    ...freed(DRAINED),
    offliner({ event: 'offline', phase: 'B', pfn: BLOCK, nr_pages: NR }),
    offliner({ event: 'start_isolate_page_range', phase: 'B', pfn: BLOCK, nr_pages: NR }),
    offliner({ event: 'drain_all_pages' }),
    ...worker,
    ...freed(LATER),
    offliner({ event: 'drain_all_pages' }),
    offliner({ event: 'drain_all_pages' }),
    offliner({ event: 'offline', phase: 'E', pfn: BLOCK, nr_pages: NR, ret: 0 }),
  ], { kernel: '5.10.0-46-amd64', stable: '5.10.262', cpus: 2 });
}

function drains(worker: Row[]): string[] {
  const rows = trace(worker);
  const level = PageLevel.always(rows, []);
  replay(rows, {
    version: versionOfHeader(rows.header), series: [], observers: [], pageLevel: level,
  });
  return level.drains.map(({ row, pfn }) =>
    `${pfn.toString(16)} at ${rows.event(row)} of ${rows.task(row)}`);
}

const worker = (name: string): Row[] => [
  { event: 'mm_page_pcpu_drain', cpu: 1, task: name, pfn: DRAINED, order: 0, migratetype: 1 },
];

test('the worker of a CPU drains its list at its own row, and not what comes later', () => {
  const found = drains(worker('kworker/1:1-26'));
  const whole = found.filter((one) => one.endsWith('at mm_page_pcpu_drain of kworker/1:1-26'));
  // The rest of the batch that the list was filled with, and the page that came back.
  expect(whole).toHaveLength(7);
  expect(whole.at(-1)).toMatch(/^100300 /);
  // The next drain has it, when its task comes to the one after that.
  expect(found.at(-1)).toBe('100301 at drain_all_pages of sh-9');
});

test('another task that drains does not do the work of the worker', () => {
  const found = drains(worker('bash-3'));
  expect(found.filter((one) => one.includes('mm_page_pcpu_drain'))).toHaveLength(1);
  expect(found.length).toBeGreaterThan(1);
});
