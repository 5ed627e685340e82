/** Inputs that were made to break the program: each is told in a line, and nothing hangs. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tarOf } from '../../src/fuzz/tar_writer.js';
import { mmreplay, type Ran } from './command.js';

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'mmreplay-hostile-')); });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const columns = 'time_ns,cpu,task,event,phase,nid,zone,pfn,nr_pages,order,migratetype,ret,args';
/** A machine of one node with 3 GiB. */
const boot = `# hotplug-trace 1
# kernel 6.1.0
# cpus 1
${columns}
0,,,e820,,,,,,,,,start=0x0 end=0x80000000 type=usable
0,,,e820,,,,,,,,,start=0x100000000 end=0x140000000 type=usable
`;

function written(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** One message of this kind with the input's place, nothing of ours, in time. */
function expectTold(ran: Ran, message: RegExp): void {
  expect(ran.stderr).toMatch(message);
  expect(ran.stderr).not.toMatch(/this is a bug of mmreplay|\n +at /);
  expect(ran.status).toBe(2);
}

describe('a row that no machine can have', () => {
  const rows: readonly (readonly [row: string, message: RegExp])[] = [
    ['add_memory,,0,,0x180000,4398046511104,,,,', /nr_pages is 4398046511104, expected/],
    ['remove_memory,,0,,0x0,1000000000000000,,,,', /nr_pages is 1000000000000000/],
    ['memremap_pages,,0,,0x180000,70000000000000,,,,', /nr_pages is 70000000000000/],
    ['free_reserved_page,,0,,0,90000000000,,,,', /nr_pages is 90000000000, expected .* 16777216/],
    ['alloc_contig_pages,,,,0,33554432,,,,', /nr_pages is 33554432/],
    ['adjust_managed_page_count,,7,Movable,,-10,,,,', /node 7 is not there, expected 0 to 0/],
    ['adjust_managed_page_count,,0,,,-10,,,,', /zone is empty/],
    ['online,,,,0x10000000000,32768,,,,', /pfn is 0x10000000000, expected/],
    ['mm_page_free,,,,0x1000,,,,,', /mm_page_free has no order, expected 0 to 10/],
    ['mm_page_free,,,,0x1000,,11,,,', /order is 11, expected 0 to 10/],
    ['mm_page_free,,,,0x1000,,0x,,,', /order is "0x", expected/],
    ['mm_page_free,,,,0x1009,,1,,,', /pfn is 0x1009 with order 1, expected a multiple of 2 pages/],
    ['mm_page_alloc,,,,0x1200,,10,1,,', /pfn is 0x1200 with order 10, expected a multiple of 1024/],
    ['free_pages_nolock,,,,0x1001,,3,,,', /pfn is 0x1001 with order 3, expected a multiple of 8/],
    ['cpu_offline,,,,,,,,,cpu=99999', /cpu= is "99999", expected/],
    ['alloc_pages,,9,,,10,0,,,', /node 9 is not there/],
    ['dax_kmem_probe,,0,,,,,,,device=dax0.0 ranges=0-1e300', /a range is "0-1e300", expected/],
  ];

  /** Expect: one command is given them all, and tells each with its line. */
  it('is told with its line, whichever it is', () => {
    const name = (at: number): string => `row${String(at).padStart(2, '0')}`;
    const files = rows.map(([row], at) =>
      written(`${name(at)}.csv`, `${boot}1000000000,,,${row}\n`));
    const ran = mmreplay(['run', ...files, '-p', 'base', '-q']);
    const told = ran.stderr.trimEnd().split('\n');
    expect(told).toHaveLength(rows.length);
    for (const [at, [, message]] of rows.entries()) {
      const own = told.find((line) => line.includes(name(at))) ?? '';
      expectTold({ ...ran, stderr: own },
        new RegExp(`${name(at)}\\.csv:7: .*${message.source}`));
    }
  });

  it('does not end the others of a batch', () => {
    const bad = written('bad.csv', `${boot}1,,,alloc_pages,,9,,,10,0,,,\n`);
    const { stdout, status } = mmreplay(['run', 'traces/zonelists-S2-dimm', bad, '-p', 'base']);
    expect(stdout).toContain('1 could not be used');
    expect(status).toBe(2);
  });
});

describe('text', () => {
  it('is read in time behind a quote too many, and the rows behind it stay', () => {
    const lines = 'x\n'.repeat(400_000);
    const file = written('quote.csv', `${boot}1,,,mm_page_free,,,,0x1000,,0,,,"
2,,,mm_page_free,,,,0x1001,,0,,,\n${lines}3,,,mm_page_free,,,,0x1002,,0,,,\n`);
    const ran = mmreplay(['import', file]);
    expectTold(ran, /quote\.csv:7: a quoted field has no end/);
    expect(ran.stdout).toMatch(/\n2,,,mm_page_free.*\n3,,,mm_page_free/);
  });

  it('of blanks only is no event', () => {
    const event = 'sh-1 [000] 1.000000: mm_page_free: page=0 pfn=0x1000 order=0\n';
    const file = written('blanks.txt',
      `${event}${event}sh-1 [000]${' '.repeat(200_000)}1.0\n${event}`);
    expectTold(mmreplay(['import', file]), /blanks\.txt:3: not an event/);
  });

  /**
   * A log whose first line has a megabyte of what a pattern could begin at: blanks, returns, marks.
   *
   * Expect: told with its line and left out; the others are read. (Squared it would take minutes.)
   */
  it('that no kernel prints is left out of a log', () => {
    const [long, plain] = ['Linux version 6.1.0 ', 'BIOS-e820: [mem 0x0-0x9fbff] usable'];
    for (const filler of [' ', '\r', '="[']) {
      const file = written('long.txt', ['', `${filler.repeat(2 ** 20)}|x`, ''].map((more, at) =>
        `[    0.000000] ${at === 2 ? plain : long}${more}`).join('\n'));
      expectTold(mmreplay(['import', file]), /long\.txt:2: a line of more than 4096 letters/);
    }
  });

  it('that moves a terminal is shown', () => {
    const file = written('escape.csv', boot.replace('6.1.0', '\u001b]0;x\u0007\u202e6.1.0'));
    const ran = mmreplay(['verify', file]);
    expectTold(ran, /\\u001b\]0;x\\u0007\\u202e6\.1\.0 is not a kernel release/);
    const printed = `${ran.stderr}${ran.stdout}${mmreplay(['import', file]).stdout}`;
    expect(printed).not.toMatch(/[\u001b\u0007\u202e]/);
  });
});

describe('JSON and YAML', () => {
  const machine = (words: string): string =>
    `{"name": "x", "note": "n",\n"machine": {"type": "q35", "memory": "1G"${words}},\n"steps": []}`;

  it.each([
    ['[', `{"name": "x", "machine": {"x": ${'['.repeat(100_000)}`, /nested deeper than 64 times/],
    ['cpus', machine(', "cpus": 1000000000'), /:2: "cpus" of the machine is 1000000000/],
    ['range', machine(', "nodes": [{"memory": "1G", "cpus": "0-99"}]'), /expected CPUs of 0 to 1/],
    ['memory', machine('').replace('1G', '999999G'), /:2: a size is 999999G, expected up to 64/],
    ['id', machine(', "virtio_mem": [{"id": "v0,mem-path=/x", "size_mb": 128, "node": 0, '
      + '"requested_mb": 0}]'), /"id" of a virtio_mem device is "v0,mem-path/],
    ['name', machine('').replace('"x"', '"../x"'), /"name" of the scenario is "\.\.\/x"/],
  ])('a scenario with a wrong %s', (_, text, message) => {
    const file = written('s.json', text);
    expectTold(mmreplay(['run', file, '-p', 'base', '--base', 'v6.1']), message);
  });

  it('YAML that is nested deeply', () => {
    const file = written('s.yaml', `name: x\nmachine:\n  a: ${'['.repeat(20_000)}\n`);
    expectTold(mmreplay(['run', file]), /s\.yaml/);
  });

  it.each([
    [{ note: 5 }, /"note" is 5, expected text/],
    [{ steps: {} }, /"steps" is \{\}, expected a list/],
    [{ steps: [null] }, /"steps\[0\]" is null, expected an object/],
    [{ steps: [{ step: 1, action: 'sh', rc: 1e300 }] }, /"steps\[0\]\.rc" is 1e\+300/],
    [{ recorder: { lost: {} } }, /"recorder\.lost" is \{\}, expected a list/],
    [{ recorder: { lacks: {} } }, /"recorder\.lacks" is \{\}, expected a list/],
  ])('info.json %j', (info, message) => {
    const path = join(folder, 'rec');
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'info.json'), JSON.stringify(info, undefined, 1));
    writeFileSync(join(path, 'trace.txt'), '');
    expectTold(mmreplay(['import', path]), new RegExp(`info\\.json:\\d+: .*${message.source}`));
  });
});

describe('files', () => {
  it('an archive that unpacks to more than can be held', () => {
    const bytes = tarOf([['r/trace.txt', Buffer.alloc(100, 10)]]);
    // The header of a second file says 600 MiB: 30 KiB are there.
    const second = tarOf([['r/dmesg.txt', Buffer.alloc(0)]]).subarray(0, 512);
    second.write((600 * 2 ** 20).toString(8).padStart(11, '0'), 124);
    second.write(' '.repeat(8), 148);
    const sum = second.reduce((total, byte) => total + byte, 0);
    second.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    const file = written('b.tar.gz',
      gzipSync(Buffer.concat([bytes.subarray(0, 1024), second, Buffer.alloc(30_000)])));
    expectTold(mmreplay(['import', file]), /b\.tar\.gz: holds more than 536870912 bytes/);
  });

  it('below /proc nothing is written', () => {
    const file = written('fine.csv', boot);
    expectTold(mmreplay(['import', file, '-o', '/proc/a/b.csv']), /cannot be written/);
  });

  it('a recording with two traces is not guessed about', () => {
    const path = join(folder, 'two');
    mkdirSync(path);
    writeFileSync(join(path, 'info.json'), '{}');
    writeFileSync(join(path, 'trace.txt'), '');
    writeFileSync(join(path, 'trace.txt.gz'), gzipSync(''));
    expectTold(mmreplay(['import', path]), /trace\.txt\.gz: is there beside trace\.txt/);
  });

  it.skipIf(process.platform !== 'linux')('standard output on a full disk is trouble', () => {
    // A file may not grow over 1 KiB: the write is a short one, as on a full disk.
    const ran = spawnSync('sh', ['-c', 'trap "" XFSZ; ulimit -f 1; exec "$@" > "$0"',
      join(folder, 'full.csv'), process.execPath, 'dist/src/main.js', 'import',
      'traces/zonelists-S2-dimm/trace.csv'], { encoding: 'utf8' });
    expect(ran.stderr).toMatch(/^error: standard output: /m);
    expect(ran.status).toBe(2);
    expect(readFileSync(join(folder, 'full.csv')).length).toBeLessThanOrEqual(1024);
  });
});

/*
 *   1 TiB of 8192 blocks, and 65536 more by one add_memory: 266 MB; V8 as it is takes 384 MB
 *
 * Expect: what nobody uses any more is given back before it is as much as what is used.
 */
it('does not keep what it has no use for', () => {
  const file = written('blocks.csv', [
    '# hotplug-trace 1', '# kernel 6.1.0', '# section_size 134217728', '# block_size 134217728',
    'time_ns,event,nid,pfn,nr_pages,args', '0,e820,,,,start=0x100000 end=0x10000000000 type=usable',
    '1000,add_memory,0,0x10000000,0x80000000,', ''].join('\n'));
  const peak = join(folder, 'peak');
  const tell = 'import { writeFileSync } from "node:fs"; process.on("exit", () => writeFileSync('
    + `${JSON.stringify(peak)}, String(process.resourceUsage().maxRSS)))`;
  const { status } = spawnSync(process.execPath, [
    '--import', `data:text/javascript,${encodeURIComponent(tell)}`, 'dist/src/main.js', 'run', file,
    '-p', 'base', '--no-cache', '-q'], { encoding: 'utf8' });
  expect(status).toBe(0);
  expect(Number(readFileSync(peak, 'utf8'))).toBeLessThan(325_000);
});
