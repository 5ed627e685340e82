/** Tracer texts as mails, other options and other tools keep them, and names of every object. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { assumed } from '../../src/trace/assumptions.js';
import { readTrace } from '../../src/trace/read.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-tracer-'));

async function read(name: string, text: string) {
  const file = join(folder, name);
  writeFileSync(file, text);
  const { trace, problems, unused } = await readTrace(file);
  return { trace, unused, problems: problems.map(({ message }) => message),
    rows: Array.from({ length: trace.length }, (_, row) => trace.row(row)) };
}

const events = [
  'mm_page_alloc: page=00000000a1b2c3d4 pfn=0x100200 order=0 migratetype=1 gfp_flags=GFP_KERNEL',
  'mm_page_free: page=00000000a1b2c3d4 pfn=0x100200 order=0',
  'test_pages_isolated: start_pfn=0x100000 end_pfn=0x108000 fin_pfn=0x100200 ret=fail',
] as const;
const text = `# tracer: nop\n#\n${events.map((event, index) =>
  `            bash-1234    [001] .....   123.45600${index}: ${event}\n`).join('')}`;
const lines = (make: (line: string) => string): string =>
  text.split('\n').slice(0, -1).map((line) => `${make(line)}\n`).join('');

test.each([
  ['quoted', lines((line) => `> ${line}`)], ['quoted twice', lines((line) => `> > ${line}`)],
  ['indented', lines((line) => `    ${line}`)], ['in a fence', `\`\`\`\n${text}\`\`\`\n`],
  ['CRLF', text.replaceAll('\n', '\r\n')],
])('%s it is the same text', async (name, changed) => {
  const { rows, problems } = await read(`${name}.txt`, changed);
  expect(problems).toEqual([]);
  expect(rows).toEqual((await read('plain.txt', text)).rows);
  expect(rows).toHaveLength(3);
});

test.each([['latency-format', ' '], ['a buffer that is dumped', '+']])(
  '%s: CPU and flags in one column, microseconds', async (_, mark) => {
    const { rows, problems } = await read('latency.txt', `# tracer: nop\n${events.map(
      (event, at) => `    bash-1234      3d..1.  ${at + 10}us${mark}: ${event}\n`).join('')}`);
    expect(problems).toEqual([]);
    expect(rows.map(({ time_ns, cpu, event }) => [time_ns, cpu, event])).toEqual([
      [10_000, 3, 'mm_page_alloc'], [11_000, 3, 'mm_page_free'],
      [12_000, 3, 'test_pages_isolated']]);
  });

test('times that are counts of a clock are said once', async () => {
  const counts = lines((line) => line.replace('123.456', '123456'));
  const { rows, problems, unused } = await read('counter.txt', counts);
  expect([rows.length, unused.get('counted-time')]).toEqual([0, 3]);
  expect(problems[0]).toContain('a count of the clock counter or x86-tsc');
  expect(problems).toHaveLength(2);
});

test('a dump of the buffer inside of a log is told', async () => {
  const { trace } = await read('dump.dmesg', [
    'Linux version 6.1.0 (b@h)', 'BIOS-e820: [mem 0x0000000000100000-0x000000001fffffff] usable',
    'Dumping ftrace buffer:', '    bash-9  1..... 12us : mm_page_free: pfn=0x1 order=0']
    .map((line) => `[    0.000000] ${line}\n`).join(''));
  expect(assumed(trace.header).join()).toContain('a dump of the tracer\'s buffer is in the log');
});

test('text of perf trace is named', async () => {
  await expect(read('perf.txt', '     0.001 bash/1234 kmem:mm_page_free(pfn: 1, order: 0)\n'))
    .rejects.toThrow('is text of `perf trace`, expected that of `perf script`');
});

/*
 *   p:my_off offline_pages $arg1 $arg2   ->  arg1=0x100000 arg2=0x8000
 *   r:my_ret offline_pages $retval       ->  arg1=0xfffffff0 = -16
 */
test('arguments of a probe without names are known by their place', async () => {
  const { rows } = await read('probe.txt', '# tracer: nop\n'
    + '  bash-1  [001] .....  1.000000: my_off: (offline_pages+0x0/0x7a0) arg1=0x100000 '
    + 'arg2=0x8000\n'
    + '  bash-1  [001] .....  2.000000: my_ret: (memory_subsys_offline+0x4f/0x90 <- offline_pages)'
    + ' arg1=0xfffffff0\n');
  expect(rows.find(({ event, phase }) => event === 'offline' && phase === 'B')).toMatchObject({
    pfn: 0x100000, nr_pages: 32768 });
  expect(rows.find(({ event, phase }) => event === 'offline_pages' && phase === 'E')).toMatchObject(
    { ret: -16 });
});

/*
 *   every object has `constructor`, `__proto__`, `toString`: a table asked for them answered
 */
describe('names that every object has are names like others', () => {
  const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'] as const;

  test.each(names)('%s as a type of the map', async (name) => {
    const { problems } = await read('map.dmesg', '[    0.000000] Linux version 6.1.0 (b@h)\n'
      + `[    0.000000] BIOS-e820: [mem 0x0-0xfffff] ${name}\n`);
    expect(problems[0]).toMatch(/the range was left out: it is ".*", expected usable/);
  });

  test.each(names)('%s as an event, a word, a result, a reason', async (name) => {
    const { rows, problems } = await read('names.txt', '# tracer: nop\n'
      + `  a-1  [001] .....  1.000000: ${name}: (${name}+0x0) ${name}=5 arg1=1 ret=${name}\n`
      + `  a-1  [001] .....  2.000000: test_pages_isolated: start_pfn=0x1 end_pfn=0x2 ret=${name}\n`
      + `  a-1  [001] .....  3.000000: mm_page_free: pfn=0x1 order=0 ${name}=7\n`);
    expect(rows.at(-1)).toMatchObject({ event: 'mm_page_free', pfn: 1, args: `${name}=7` });
    expect(problems.join()).toContain(`ret is "${name}", expected a decimal or 0x-hex number`);
    const { rows: logged } = await read('reason.dmesg', '[    0.000000] Linux version 6.1.0 (b@h)\n'
      + '[    0.000000] BIOS-e820: [mem 0x0000000000000000-0x000000007fffffff] usable\n'
      + '[   90.000000] memory offlining [mem 0x40000000-0x47ffffff] failed due to '
      + `${name}\n`);
    expect(logged.every(({ ret }) => ret === undefined || Number.isInteger(ret))).toBe(true);
  });
});

test('a node that a traced call tells of its step is held to the same limits', async () => {
  const { rows, problems } = await read('nid.txt', '# tracer: nop\n'
    + '  h-3 [001] .....  4.600000: tracing_mark_write: step 1: add-dimm id=1\n'
    + '  h-3 [001] .....  4.700000: a: (arch_add_memory+0x0/0xe) nid=6214\n');
  expect(problems.join()).toContain('add_memory: nid is 6214, expected a node\'s number');
  expect(rows.filter(({ event }) => event === 'add_memory').map(({ nid }) => nid))
    .not.toContain(6214);
});
