/** Tracer texts with stacks, with probes under other names, and with nothing that can be used. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTrace } from '../../src/trace/read.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-tracer-'));
let files = 0;

async function read(text: string) {
  const file = join(folder, `${files++}.txt`);
  writeFileSync(file, text, 'latin1');
  const { trace, problems, unused } = await readTrace(file);
  const rows = Array.from({ length: trace.length }, (_, row) => trace.row(row));
  return { rows, unused, problems: problems.map(({ message }) => message) };
}

const head = (time: string): string => `            bash-12      [001] .....  12.${time}: `;
const freed = 'mm_page_free: page=0001 pfn=26235 order=0\n';

describe('frames of a stack are counted', () => {
  it.each([
    ['tracefs', `${head('000001')}${freed}${head('000002')}<stack trace>\n => free_unref_page\n`
      + ' => ksys_read\n', 3],
    ['user space', `${head('000001')}${freed}${head('000002')}<user stack trace>\n`
      + ' =>  <00007f0d1c2b3a44>\n', 2],
    ['trace-cmd', `${head('000001')}${freed}${head('000002')}kernel_stack:         <stack trace >\n`
      + '=> free_unref_page (ffffffff8128f0e5)\n', 1],
    ['perf', 'bash  12 [001]    12.000001: kmem:mm_page_free: page=0x1 pfn=26235 order=0\n'
      + '\tffffffffbe23e32e free_unref_page+0x22e ([kernel.kallsyms])\n'
      + '\t    5651468729c1 [unknown] (/usr/bin/perf)\n\n', 2],
  ])('%s', async (_, text, frames) => {
    const { rows, unused, problems } = await read(text.repeat(3));
    expect([rows.length, unused.get('stack') ?? 0, problems]).toEqual([3, 3 * frames, []]);
  });
});

describe('a probe is known by its function', () => {
  const expected = ['offline B', 'offline_pages B', 'offline_pages E', 'offline E'];
  const range = 'start_pfn=0x100000 nr_pages=0x8000';
  it.each([
    ['a name of its own', 'p_off: (offline_pages+0x0/0x5a0)',
      'r_off: (memory_subsys_offline+0x5b/0x80 <- offline_pages)'],
    ['perf\'s names', 'offline_pages: (ffffffff8128f0e0)',
      'offline_pages__return: (ffffffff8128aaaa <- ffffffff8128f0e0)'],
    ['cut by the compiler', 'mine: (offline_pages.isra.0+0x0/0x5a0)',
      'minereturn: (x+0x5b/0x80 <- offline_pages.isra.0)'],
  ])('%s', async (_, entry, back) => {
    const { rows } = await read(`${head('000001')}${entry} ${range}\n`
      + `${head('000002')}${back} ret=0xfffffff0\n`);
    expect(rows.map(({ event, phase }) => `${event} ${phase}`)).toEqual(expected);
    expect(rows.at(-1)).toMatchObject({ pfn: 0x100000, nr_pages: 0x8000, ret: -16 });
  });
});

/*
 *   func-args       FUNCTION(ARGS) <-CALLER
 *   funcgraph-args  FUNCTION(ARGS) {  ...  } /* FUNCTION ret=-16 *\/
 * The call is an input as that of a kprobe is; Expect the range and, of a graph, the result.
 */
describe('tracers of functions that tell arguments (v6.15)', () => {
  const args = 'start_pfn=0x100000, nr_pages=0x8000, zone=0xffff88807fffc000, group=0x0';
  const begun = { event: 'offline', phase: 'B', pfn: 0x100000, nr_pages: 0x8000 };
  const register = '0xfffffffffffffff0';
  const graph = (...lines: readonly string[]): string => `# tracer: function_graph\n${
    lines.map((text) => `${text}\n`).join('')}`;
  const inputs = ({ rows }: Awaited<ReturnType<typeof read>>) =>
    rows.filter(({ event }) => event === 'offline');

  it('an event stands in a graph as a comment, which has bars of its own; no header is needed',
    async () => {
      const { rows } = await read(' 24)   0.123 us    |      rcu_all_qs();\n'
        + ' 24)               |  /* mm_page_alloc: page=0000000082b1fe73 pfn=1704960 order=9 '
        + 'migratetype=1 gfp_flags=GFP_HIGHUSER_MOVABLE|__GFP_ZERO|__GFP_COMP */\n');
      expect(rows).toMatchObject([{ event: 'mm_page_alloc', cpu: 24, pfn: 1704960, order: 9 }]);
    });

  it('function', async () => {
    const found = await read(`# tracer: function\n${head('000001')}offline_pages(${args})`
      + ` <-memory_block_action\n${head('000002')}kfree(object=0x0) <-x\n`);
    expect(inputs(found)).toMatchObject([{ ...begun, task: 'bash-12', cpu: 1 }]);
    expect(found.problems).toEqual([]);
  });

  it.each([
    ['as it comes', [' 1)    sh-9    =>    bash-12   ',
      ` 1)               |  offline_pages(${args}) {`, ' 1)   0.5 us      |    kfree(object=0x0);',
      ' 1) ! 200.100 us  |  } /* offline_pages ret=-16 */']],
    ['without the name at the end', [' 1)    sh-9    =>    bash-12   ',
      ` 1)               |  offline_pages(${args}) {`, ' 1) ! 200.100 us  |  } /* ret=-16 */']],
    ['with times and tasks', [
      `   12.000001 |   1)   bash-12    |               |  offline_pages(${args}) {`,
      '   12.000002 |   1)   bash-12    | ! 200.100 us  |  } /* offline_pages ret=-16 */']],
    ['with the register', [
      `   12.000001 |   1)   bash-12    |               |  offline_pages(${args}) {`,
      `   12.000002 |   1)   bash-12    | ! 2.1 us |  } /* offline_pages ret=${register} */`]],
    ['a call that calls nothing', [
      `   12.000001 |   1)   bash-12    |   1.100 us    |  offline_pages(${args}); /* ret=-16 */`]],
  ])('function_graph, %s', async (_, lines) => {
    const found = await read(graph(...lines));
    expect(inputs(found)).toMatchObject([
      { ...begun, task: 'bash-12', cpu: 1 }, { ...begun, phase: 'E', ret: -16 }]);
    expect(found.problems).toEqual([]);
  });

  it.each([
    ['blanks', ' '.repeat(16_000)], ['comments of blanks', `/* x: ${' '.repeat(16_000)}`],
    ['ends of calls', `f(${');/*'.repeat(4000)}`],
    // The limit is for what grows with the square of the line: minutes.
  ])('long lines of %s are read at once', { timeout: 20_000 }, async (_, text) => {
    const found = await read(graph(...new Array<string>(600).fill(` 1)   ${text}x`)));
    expect(found.rows).toEqual([]);
  });

  it('an event in a comment is one', async () => {
    const { rows } = await read(graph(
      ' 1)               |  /* mm_page_free: page=00000001 pfn=0x667b order=0 */'));
    expect(rows).toMatchObject([{ event: 'mm_page_free', pfn: 0x667b, order: 0, cpu: 1 }]);
  });
});

describe('a text of which nothing can be used', () => {
  it('says what to record', async () => {
    const { problems } = await read(`# tracer: nop\n${head('000001')}sched_switch: prev=1\n`);
    expect(problems).toEqual([expect.stringMatching(/^has no event of memory hotplug .* kmem:\*/)]);
  });

  it.each([
    ['function',
      `# tracer: function\n${`${head('000001')}offline_pages <-block_action\n`.repeat(9)}`],
    ['function_graph', '# tracer: function_graph\n'
      + ' 1)               |  offline_pages() {\n 1)   0.500 us    |    lock();\n'
      + ' 1) ! 200.100 us  |  } /* offline_pages ret=-16 */\n'],
  ])('the tracer %s is told once', async (_, text) => {
    const { problems } = await read(text);
    expect(problems).toEqual([expect.stringMatching(/^the function tracers tell no arguments/)]);
    const answer = 'it has offline_pages ret=-16 (line 4)';
    if (_ === 'function_graph') expect(problems[0]).toContain(answer);
  });

  it.each([
    ['trace-cmd report', '\x17\x08Dtracing6'], ['perf script', 'PERFILE2h'],
    ['tar -xf', '\xfd7zXZ\0\0'], ['zstd -d', '\x28\xb5\x2f\xfd\x04'], ['unzip', 'PK\x03\x04'],
    ['bzip2 -d', 'BZh91AY'],
  ])('`%s` is named for what it unpacks', async (command, magic) => {
    await expect(read(magic)).rejects.toThrow(`\`${command}`);
  });
});
