import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { readTrace, type ReadResult } from '../../src/trace/read.js';
import type { TraceRow } from '../../src/trace/trace.js';
import { csvLines } from '../../src/trace/write_csv.js';

const traces = fileURLToPath(new URL('../../traces/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'mmreplay-text-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

async function readText(text: string, importer?: string): Promise<ReadResult> {
  const file = join(folder, `trace-${files++}.txt`);
  writeFileSync(file, text);
  return readTrace(file, importer === undefined ? {} : { importer });
}

function rowsOf({ trace }: ReadResult): TraceRow[] {
  return Array.from({ length: trace.length }, (_, row) => trace.row(row));
}

const line = (rest: string): string =>
  `              sh-94      [001] d..3.     8.015964: ${rest}\n`;
const head = '# tracer: nop\n#\n';

describe('the byte reader of page-level lines', () => {
  it('reads what the reader of text lines reads', async () => {
    const lines = gunzipSync(readFileSync(
      join(traces, 'recordings/offline-under-load/trace.txt.gz'))).toString().split('\n');
    const some = lines.filter((_, index) => index < 12 || index % 40 === 0).join('\n');
    const fast = await readText(some);
    // A space at the end is no reason to read another row, but one to look closer.
    const slow = await readText(some.replaceAll('\n', ' \n'), 'ftrace');
    expect(fast.problems).toEqual([]);
    // What was decided names the file.
    const csv = ({ trace }: ReadResult): string[] =>
      [...csvLines(trace)].filter((text) => !text.startsWith('# decided '));
    expect(csv(fast)).toEqual(csv(slow));
    for (let row = 0; row < fast.trace.length; row++) {
      expect(fast.trace.where(row).line).toBe(slow.trace.where(row).line);
    }
  });

  it('takes every column, and drops the hashed pointer', async () => {
    const result = await readText(head + line(
      'mm_page_alloc: page=0000000044458d28 pfn=0x100158 order=3 migratetype=1 '
      + 'gfp_flags=GFP_KERNEL')
      .repeat(10));
    expect(rowsOf(result)[0]).toEqual({
      time_ns: 8_015_964_000, cpu: 1, task: 'sh-94', event: 'mm_page_alloc',
      pfn: 0x100158, order: 3, migratetype: 1, args: 'gfp_flags=GFP_KERNEL',
    });
    expect(result.trace.length).toBe(10);
  });

  it('says of frees in an interrupt how often preemption is off, from twice on', async () => {
    const free = (flags: string): string => `              sh-94      [001] ${flags}     8.015964: `
      + 'mm_page_free: page=0000000044458d28 pfn=0x10015d order=0\n';
    const flags = ['.....', '..s1.', '..s2.', '.Nsa.', 'd.h3.', '...4.', 'd.H2.', 'd..2.', 'd.Z2.'];
    const expected = ['', '', 'irq=1 preempt=2', 'irq=1 preempt=10', 'irq=1 preempt=3', '',
      'irq=1 preempt=2', '', 'irq=1 preempt=2'];
    const text = head + flags.map(free).join('');
    const slow = await readText(text.replaceAll('\n', ' \n'), 'ftrace');
    for (const result of [await readText(text), slow]) {
      expect(rowsOf(result).map(({ args = '' }) => args)).toEqual(expected);
    }
    // Without flags, and in the four columns of older kernels.
    const others = [free('').replace(']  ', '] '), free('..s2')];
    const few = await readText(head + others.join(''));
    expect(rowsOf(few).map(({ args = '' }) => args)).toEqual(['', 'irq=1 preempt=2']);
  });

  it('has no pfn for an allocation that failed', async () => {
    const failed = 'page=(null) pfn=0x0 order=9 migratetype=0 gfp_flags=GFP_NOWAIT';
    const zeros = 'page=0000000000000000 pfn=0x0 order=9 migratetype=0 gfp_flags=GFP_NOWAIT';
    for (const args of [failed, zeros]) {
      const [row] = rowsOf(await readText(head + line(`mm_page_alloc: ${args}`).repeat(8)));
      expect(row?.pfn).toBeUndefined();
      expect(row?.order).toBe(9);
    }
  });

  it('reads decimal pfns of kernels up to 5.12, and lost events', async () => {
    const result = await readTrace(join(traces, 'samples/ftrace/decimal-pfn-lost-events.txt'));
    const lost = rowsOf(result).filter(({ event }) => event === 'lost_events');
    expect(lost.map(({ cpu, args }) => [cpu, args])).toEqual([
      [undefined, 'events=200'], [1, 'events=37']]);
    const pages = rowsOf(result).filter(({ event }) => event === 'mm_page_alloc_zone_locked');
    expect(pages.length).toBeGreaterThan(50);
    expect(pages.every(({ pfn = 0 }) => pfn > 0x100000 && pfn < 0x110000)).toBe(true);
  });

  it('names a cut line with its number, and keeps all others', async () => {
    const good = line('mm_page_free: page=0000000044458d28 pfn=0x10 order=0');
    const result = await readText(`${head}${good}`
      + `${line('mm_page_free: page=0000000044458d28 pfn=')}`
      + `${line('mm_page_alloc: page=0000000044458d28 pfn=0x1')}${good}`);
    expect(result.trace.length).toBe(2);
    expect(result.problems.map(({ position, message }) => `${position.line}: ${message}`)).toEqual([
      '4: the line is cut: mm_page_free has no pfn=',
      '5: the line is cut: mm_page_alloc has no order=',
    ]);
  });
});

describe('calls in a text without info.json', () => {
  it('are inputs, what was written to sysfs being unknown', async () => {
    const text = readFileSync(join(traces, 'samples/ftrace/notifier-veto.txt'), 'utf8')
      .split('\n').filter((one) => !one.includes('tracing_mark_write')).join('\n');
    const result = await readText(text);
    const inputs = rowsOf(result).filter(({ event, phase }) => phase === 'B'
      && ['online', 'offline', 'add_memory', 'remove_memory'].includes(event));
    expect(inputs.map(({ event, pfn, nr_pages, args }) => [event, pfn, nr_pages, args])).toEqual([
      ['add_memory', 0x100000, 65536, undefined],
      ['online', 0x100000, 32768, 'word=unknown'], ['online', 0x100000, 32768, 'word=unknown'],
      ['offline', 0x100000, 32768, undefined], ['offline', 0x100000, 32768, undefined],
      ['remove_memory', 0x100000, 65536, undefined],
    ]);
    expect(result.unused.get('word-written-to-state')).toBe(2);
  });

  it('come the same from perf script and trace-cmd report as from tracefs', async () => {
    const calls = async (path: string): Promise<string[]> => {
      const { trace } = await readTrace(join(traces, 'samples', path));
      return [...csvLines(trace)]
        .filter((row) => /^\d/.test(row) && !/,mm_(page|migrate)/.test(row));
    };
    const tracefs = await calls('ftrace/notifier-veto.txt');
    expect(tracefs.length).toBe(88);
    expect(await calls('perf_script/notifier-veto.txt')).toEqual(tracefs);
    expect(await calls('ftrace/trace-cmd-report.txt')).toEqual(tracefs);
  });

  it('have a phase only where the text has returns of the function', async () => {
    const result = await readText(head
      + `${line('offline_pages: (x+0x0/0x1) pfn=0x8000 nr_pages=8')}`
      + `${line('foo: (foo+0x0/0x1) a=1')}${line('foo_ret: (x+0x1/0x2 <- foo) ret=-2')}`);
    expect(rowsOf(result).map(({ event, phase, ret, args }) => [event, phase, ret, args])).toEqual([
      ['offline', 'B', undefined, undefined],
      ['offline_pages', undefined, undefined, undefined],
      ['function_call', 'B', undefined, 'fn=foo a=1'], ['function_call', 'E', -2, 'fn=foo'],
    ]);
  });
});

describe('a function that removes memory', () => {
  const removal = (args: string): string =>
    `${head}${line(`try_remove_memory: (try_remove_memory+0x0/0x1a0) ${args}`)}`;

  it('has the node before the range up to 5.14', async () => {
    const range = { pfn: 0x108000, nr_pages: 32768 };
    for (const args of ['start=0x1 size=0x108000000 arg3=0x8000000',
      'start=0x0 size=0x108000000 arg3=0x8000000',
      'start=0x108000000 size=0x8000000 arg3=0xffffffff8dc3b1a0',
      'start=0x108000000 size=0x8000000']) {
      const rows = rowsOf(await readText(removal(args)));
      expect(rows.map(({ event }) => event)).toEqual(['remove_memory', 'try_remove_memory']);
      for (const row of rows) expect(row, args).toMatchObject(range);
      expect(rows[1]?.args).toBeUndefined();
    }
  });
});

describe('actions of memory_notify', () => {
  const notified = async (...actions: number[]): Promise<(string | undefined)[]> =>
    rowsOf(await readText(head + actions.map((action) =>
      line(`memory_notify: (memory_notify+0x0/0x20) action=${action}`)).join('')))
      .map(({ args }) => args);

  it('are read as bits or as numbers, as the recording has them', async () => {
    expect(await notified(8, 1, 2, 4)).toEqual([
      'action=MEM_GOING_ONLINE', 'action=MEM_ONLINE', 'action=MEM_GOING_OFFLINE',
      'action=MEM_OFFLINE']);
    expect(await notified(3, 0, 1, 2)).toEqual([
      'action=MEM_GOING_ONLINE', 'action=MEM_ONLINE', 'action=MEM_GOING_OFFLINE',
      'action=MEM_OFFLINE']);
    expect(await notified(2, 4)).toEqual(['action=MEM_GOING_OFFLINE', 'action=MEM_OFFLINE']);
    expect(await notified(1, 2)).toEqual(['action=MEM_GOING_OFFLINE', 'action=MEM_OFFLINE']);
  });
});
