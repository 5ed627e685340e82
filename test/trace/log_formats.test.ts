/** One boot's kernel text behind every prefix that people's logs have: the rows are the same. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { tarOf } from '../../src/fuzz/tar_writer.js';
import { readTrace, type ReadOptions } from '../../src/trace/read.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-logs-'));

/** Seconds since boot and text: a machine with two nodes. */
const boot: readonly (readonly [seconds: number, text: string])[] = [
  [0, 'Linux version 6.1.0-31-amd64 (b@h) (gcc 12) #1 SMP PREEMPT_DYNAMIC Debian 6.1.128-1'],
  [0, 'Command line: BOOT_IMAGE=/vmlinuz root=/dev/vda1 ro'],
  [0, 'BIOS-provided physical RAM map:'],
  [0, 'BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable'],
  [0, 'BIOS-e820: [mem 0x0000000000100000-0x000000003fffffff] usable'],
  [0, 'NX (Execute Disable) protection: active'],
  [0.000012, 'SRAT: PXM 0 -> APIC 0x00 -> Node 0'],
  [0.000013, 'SRAT: PXM 1 -> APIC 0x01 -> Node 1'],
  [0.000014, 'ACPI: SRAT: Node 0 PXM 0 [mem 0x00000000-0x1fffffff]'],
  [0.000014, 'ACPI: SRAT: Node 1 PXM 1 [mem 0x20000000-0x3fffffff]'],
  [0.01, 'Zone ranges:'],
  [0.01, '  DMA      [mem 0x0000000000001000-0x0000000000ffffff]'],
  [0.01, '  DMA32    [mem 0x0000000001000000-0x000000003fffffff]'],
  [0.01, '  Normal   empty'],
  [0.01, '  Device   empty'],
  [0.01, 'Movable zone start for each node'],
  [0.02, 'smpboot: Allowing 2 CPUs, 0 hotplug CPUs'],
];

const printk = (seconds: number): string => `[${seconds.toFixed(6).padStart(12)}]`;

/** What stands before a line's text: by its time and number. */
const prefixes: Readonly<Record<string, (seconds: number, index: number) => string>> = {
  dmesg: (s) => `${printk(s)} `,
  'dmesg -r': (s, i) => `<${5 + i % 2}>${printk(s)} `,
  'dmesg -x': (s, i) => `kern  :${i % 2 ? 'info  ' : 'notice'}: ${printk(s)} `,
  'dmesg -T': () => '[Sat Feb 28 23:59:59 2026] ',
  'dmesg -d': (s) => `[${s.toFixed(6).padStart(12)} <    0.000000>] `,
  'dmesg -e': (_, i) => (i === 0 ? '[Feb28 23:59] ' : '[  +0.000000] '),
  'dmesg --time-format iso': () => '2026-02-28T23:59:59,000000+01:00 ',
  'printk caller': (s, i) => `${printk(s)}[${i % 3 ? `    T${i}` : '    C3'}] `,
  'no times': () => '',
  'no times, with caller': () => '[    T0] ',
  '/dev/kmsg': (s, i) => `6,${i},${Math.round(s * 1e6)},-;`,
  '/dev/kmsg with caller': (s, i) => `6,${i},${Math.round(s * 1e6)},-,caller=T0;`,
  'journalctl': () => 'Feb 28 23:59:59 my-host.example.org kernel: ',
  'journalctl, Italian months': () => 'gen 20 10:17:44 pc kernel: ',
  'journalctl, French months': () => 'févr. 20 10:17:44 pc kernel: ',
  'journalctl, Japanese months': () => ' 2月 20 10:17:44 pc kernel: ',
  'journalctl -o short-precise': (_, i) => `Jan 20 10:17:44.1234${10 + i} pc kernel: `,
  'journalctl -o short-iso': () => '2026-01-20T10:17:44+0100 pc kernel: ',
  'journalctl -o short-iso-precise': () => '2026-01-20T10:17:44.123456+01:00 pc kernel: ',
  'journalctl -o short-monotonic': (s) => `${printk(s)} ip-10-0-0-1 kernel: `,
  'journalctl -o with-unit': () => 'Tue 2026-01-20 10:17:44 CET pc kernel: ',
  'rsyslog, old': (s) => `Jan  2 10:17:44 pc kernel: ${printk(s)} `,
  'rsyslog, ISO': (s) => `2026-01-20T10:17:44.123456+01:00 pc kernel: ${printk(s)} `,
  'a syslog with a PID': (s) => `Jan 20 10:17:44 pc kernel[312]: ${printk(s)} `,
  'a console logger': (s) => `[2026-01-20 10:17:44.123] ${printk(s)} `,
  'a console logger with its seconds': (s) => `[1768900664.${100000 + Math.round(s)}] `,
  grabserial: (s) => `[${s.toFixed(6)} 0.000000] `,
  'a quoted mail': (s) => `> ${printk(s)} `,
  'a mail quoted twice': (s) => `> > ${printk(s)} `,
  'a mail quoted twice, close': (s) => `>> ${printk(s)} `,
  'an indented text': (s) => `    ${printk(s)} `,
  'an indented text without times': () => '        ',
  'numbered lines': (s, i) => `${String(i + 1).padStart(5)}: ${printk(s)} `,
};

function text(prefix: (seconds: number, index: number) => string, end = '\n'): string {
  return boot.map(([seconds, line], index) => `${prefix(seconds, index)}${line}${end}`).join('');
}

async function read(name: string, content: string, options: ReadOptions = {}) {
  const file = join(folder, `${name.replace(/\W+/g, '-')}.txt`);
  writeFileSync(file, content);
  const { trace, problems, importer, unused } = await readTrace(file, options);
  const rows = Array.from({ length: trace.length }, (_, row) => trace.row(row));
  return { trace, rows, problems, importer, unused };
}

const untimed = (rows: readonly { readonly time_ns: number }[]): readonly object[] =>
  rows.map(({ time_ns: _, ...row }) => row);

describe('the kernel\'s text behind any prefix is the same', () => {
  const plain = read('plain', text((s) => `${printk(s)} `));

  it('is a machine of two nodes and a block of zone ranges', async () => {
    expect((await plain).rows.map(({ event }) => event)).toEqual([
      'srat_cpu', 'srat_cpu', 'boot_param', 'e820', 'e820', 'srat_mem', 'srat_mem',
      ...Array<string>(6).fill('printk')]);
  });

  it.each(Object.keys(prefixes))('%s', async (name) => {
    const { rows, problems, importer } = await read(name, text(prefixes[name] ?? (() => '')));
    expect([problems, importer]).toEqual([[], 'dmesg']);
    expect(untimed(rows)).toEqual(untimed((await plain).rows));
  });

  it.each(Object.keys(prefixes))('%s, with the line ends of Windows', async (name) => {
    const content = text(prefixes[name] ?? (() => ''), '\r\n');
    const { rows, problems } = await read(`${name}-crlf`, content);
    expect(problems).toEqual([]);
    expect(untimed(rows)).toEqual(untimed((await plain).rows));
  });

  const escaped = (line: string): string =>
    line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&#62;');
  const lines = text((s) => `${printk(s)} `).split('\n').slice(0, -1);
  const script = `<script>if (1 < 2) write("[    0.000000] Linux version 9.9.9");</script>`;
  const page = (body: string): string => `<!DOCTYPE html>\n<html><head><title>boot</title>\n`
    + `<style>p > a { }</style>${script}\n</head><body><h1>My log</h1>${body}</body></html>\n`;
  const pages: Readonly<Record<string, string>> = {
    'in one <pre>': page(`<pre>\n${lines.map(escaped).join('\n')}\n</pre>`),
    'each line in a cell of a table': page(`<table>${lines.map((line, index) =>
      `<tr><td data-n="${index}"></td><td>${escaped(line)}</td></tr>\n`).join('')}</table>`),
    'in a list, all in one line': page(`<ol>${lines.map((line) =>
      `<li class="li1"><div class="de1">${escaped(line)}</div></li>`).join('')}</ol>`),
    'by <br> and blanks that stay': page(lines.map((line) =>
      escaped(line).replaceAll('  ', '&nbsp; ')).join('<br />')),
    'as the JSON of a forge': page('<script type="application/json">{"payload":{"blob":'
      + `{"rawLines":${JSON.stringify(lines)},"x":[1]}}}</script>`),
    'behind a head that is longer than what a reader looks at': page(
      `<script>${'x = 1;\n'.repeat(20_000)}</script><pre>${lines.map(escaped).join('\n')}</pre>`),
  };

  it.each(Object.keys(pages))('a saved web page, %s', async (name) => {
    const { rows, problems, importer } = await read(`page ${name}`, pages[name] ?? '');
    expect([problems, importer]).toEqual([[], 'dmesg']);
    expect(rows).toEqual((await plain).rows);
  });

  it('a page without a log is told to be one', async () => {
    await expect(read('empty page', page(`${'<script>'.repeat(99)}<p>Nothing`))).rejects.toThrow(
      /is a web page in which no kernel log is seen, expected the text itself: save what the page/);
  });

  it.each([
    ['a table of Markdown', (line: string) => `| ${line} |`],
    ['CSV', (line: string) => `"2026-01-20 10:17:44","kernel","${line.replaceAll('"', '""')}"`],
    ['CSV with more behind it', (line: string) => `1768900664,"${line}","i-0ab12"`],
  ])('as a field of %s', async (name, row) => {
    const lines = text((s) => `${printk(s)} `).split('\n').slice(0, -1);
    const { rows, problems } = await read(name, lines.map((line) => `${row(line)}\n`).join(''));
    expect(rows).toEqual((await plain).rows);
    expect(problems).toEqual([]);
  });

  it('with CR alone between the lines', async () => {
    expect((await read('returns', text((s) => `${printk(s)} `, '\r'))).rows)
      .toEqual((await plain).rows);
  });

  it.each(['dmesg.txt', 'boot.log', 'dmesg.txt.gz'])('alone in an archive, as %s', async (name) => {
    const content = Buffer.from(text((s) => `${printk(s)} `));
    const file = join(folder, `one-${name}.tar.gz`);
    writeFileSync(file, gzipSync(tarOf(new Map([
      [`backup/._${name}`, Buffer.from('AppleDouble')],
      [`backup/${name}`, name.endsWith('.gz') ? gzipSync(content) : content]]))));
    const { trace, problems } = await readTrace(file);
    expect(problems).toEqual([]);
    expect(Array.from({ length: trace.length }, (_, row) => trace.row(row)))
      .toEqual((await plain).rows);
  });

  it('is so with colours', async () => {
    const { rows } = await read('colour', text((s) => `\x1b[32m${printk(s)} \x1b[0m\x1b[33m`));
    expect(untimed(rows)).toEqual(untimed((await plain).rows));
  });

  it.each(['dmesg', 'dmesg -d', 'dmesg -x', '/dev/kmsg', 'rsyslog, ISO', 'a quoted mail',
    'journalctl -o short-monotonic', 'a console logger'])('%s: times are the kernel\'s', async (
    name) => {
    const { rows } = await read(`${name}-times`, text(prefixes[name] ?? (() => '')));
    expect(rows).toEqual((await plain).rows);
  });

  it('lines of other programs are not the kernel\'s, and are counted', async () => {
    const prefix = prefixes['journalctl'] ?? (() => '');
    const noise = 'Feb 28 23:59:59 my-host.example.org systemd[1]: BIOS-e820 is no unit\n';
    const { rows, unused } = await read('noise', noise + text(prefix) + noise);
    expect(untimed(rows)).toEqual(untimed((await plain).rows));
    expect(unused.get('dmesg:other-programs')).toBe(2);
  });
});

describe('times that are of the wall', () => {
  it('count from the first line, over midnight', async () => {
    const lines = text(() => 'Feb 28 23:59:59 pc kernel: ').replace(
      /Feb 28 23:59:59(?= pc kernel: Zone ranges)/, 'Mar  1 00:00:01');
    const { rows } = await read('midnight', lines);
    const zones = rows.find(({ args }) => args === 'Zone ranges:');
    expect(zones?.time_ns).toBe(2e9);
  });
});

describe('a log of several boots', () => {
  const first = text((s) => `${printk(s)} `);
  const second = first.replaceAll('6.1.0-31', '6.1.0-32').replaceAll('0x3fffffff', '0x4fffffff');

  it('is read from its last one, and says so', async () => {
    const { trace } = await read('two', first + second);
    expect(trace.header.kernel).toBe('6.1.0-32-amd64');
    expect(trace.header.other.map(([, said]) => said).join('\n')).toContain(
      'two.txt:18: boot 2 of 2 is taken (1: 6.1.0-31-amd64, line 1; 2: 6.1.0-32-amd64, line 18); '
      + '--boot N takes another');
  });

  it('is read from the one that is asked for', async () => {
    const { trace } = await read('two-first', first + second, { boot: 1 });
    expect(trace.header.kernel).toBe('6.1.0-31-amd64');
    await expect(read('two-third', first + second, { boot: 3 })).rejects.toThrow(
      '--boot 3: the log has 2 boots');
  });

  it('is not read from a kernel that saves another one\'s memory', async () => {
    const rescue = second.replace('ro\n', 'ro elfcorehdr=0x2f000000\n');
    const { trace } = await read('rescue', first + rescue);
    expect(trace.header.kernel).toBe('6.1.0-31-amd64');
  });
});

describe('a prefix that nobody knows', () => {
  it('is named with its line', async () => {
    const broken = text((s) => `${printk(s)} `)
      .replace(/^.*(BIOS-e820: \[mem 0x0000000000100000)/m, '[    0.00Jan 1 $1');
    const { problems } = await read('broken', broken);
    expect(problems.map(({ position, message }) => `${position.line}: ${message}`)).toEqual([
      '5: "[    0.00Jan 1 " stands before "BIOS-e820: [mem 0x0000000000100000-0x000", expected '
      + 'what line 1 has there, "[    0.000000] "; the line was left out']);
  });
});

describe('a folder with trace.txt', () => {
  it('has the machine of its log, whoever kept it', async () => {
    const path = join(folder, 'both');
    mkdirSync(path);
    writeFileSync(join(path, 'dmesg.txt'), text(prefixes['journalctl'] ?? (() => '')));
    writeFileSync(join(path, 'trace.txt'), '# tracer: nop\n'
      + '     kswapd0-97    [001] ...1  1110.217281: mm_page_free: page=0001 pfn=26232 order=3\n');
    const { trace, problems } = await readTrace(path);
    const events = Array.from({ length: trace.length }, (_, row) => trace.event(row));
    expect(problems).toEqual([]);
    expect(events.filter((event) => event === 'e820')).toHaveLength(2);
    expect(events.at(-1)).toBe('mm_page_free');
  });
});

describe('numbers that cannot be', () => {
  it('are named by their line and left out', async () => {
    const { trace, problems } = await read('numbers', [
      'Linux version 6.1.0-18-amd64 (x) #1 SMP',
      'BIOS-e820: [mem 0x0000000000100000-0x000000007fffffff] usable',
      '.... node  #0, CPUs:          #1-99999999999',
      'Memory block size: 3MB', 'smp: Brought up 1 node, 99999999999 CPUs',
    ].map((line) => `[    0.000000] ${line}\n`).join(''));
    expect(problems.map(({ position: { line }, message }) => [line, message]).slice(0, 3)).toEqual([
      [3, 'cpu is 8192, expected a CPU\'s number, 0 to 8191'],
      [4, 'block_size is "3145728", expected a power of two from 134217728 on'],
      [5, 'cpus is "99999999999", expected a whole number from 1 to 8192'],
    ]);
    expect(trace.header.block_size).toBe(2 ** 27);
    expect(trace.header.cpus).toBeLessThanOrEqual(8192);
  });

  it('in the head of a tracer\'s text, too', async () => {
    const { trace, problems } = await read('nrcpus', '# ========\n# nrcpus online : 99999999999\n'
      + '    kworker/u4:1   25 [000]  4.208329: mhp:build_all_zonelists: (ffffffff81a3b5c0)\n');
    expect(problems.map(({ position: { line }, message }) => [line, message])).toEqual(
      [[2, 'cpus is "99999999999", expected a whole number from 1 to 8192']]);
    expect(trace.header.cpus).toBe(1);
  });
});
