import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createReadStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { TraceBuilder, traceOf } from '../../src/trace/build.js';
import { Problems, refuseStrange } from '../../src/trace/problems.js';
import { readCsv } from '../../src/trace/read_csv.js';
import { readTrace } from '../../src/trace/read.js';
import type { Trace } from '../../src/trace/trace.js';
import { csvLines, writeTraceCsv } from '../../src/trace/write_csv.js';

const traces = fileURLToPath(new URL('../../traces/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'mmreplay-csv-'));
afterAll(() => rmSync(folder, { recursive: true }));

const columns = 'time_ns,cpu,task,event,phase,nid,zone,pfn,nr_pages,order,migratetype,ret,args';
const start = `# hotplug-trace 1\n# kernel 6.1.0\n${columns}\n`;
let files = 0;

function written(text: string): string {
  const file = join(folder, `trace-${files++}.csv`);
  writeFileSync(file, text);
  return file;
}

/** Problems as `LINE: message`. */
async function problemsOf(text: string): Promise<string[]> {
  const { problems } = await readTrace(written(text));
  return problems.map(({ position, message }) => `${position.line}: ${message}`);
}

/** Reads with csv-parse alone. */
async function readSlowly(file: string): Promise<Trace> {
  const builder = new TraceBuilder();
  const problems = new Problems();
  const header = await readCsv(createReadStream(file), { file, builder, problems, plain: false });
  return builder.finish(header);
}

describe('the byte reader of plain rows', () => {
  it('gives the same columns as csv-parse, on every trace of the tree', async () => {
    const found = readdirSync(traces, { recursive: true }).map(String)
      .filter((name) => name.endsWith('.csv')).map((name) => join(traces, name));
    const { trace: recorded } = await readTrace(join(traces, 'recordings', 'pcp-race-redrain'));
    const file = join(folder, 'recorded.csv');
    writeTraceCsv(recorded, file);
    for (const path of [...found, file]) {
      const { trace: fast } = await readTrace(path);
      const slow = await readSlowly(path);
      expect([...csvLines(fast)]).toEqual([...csvLines(slow)]);
      for (let row = 0; row < fast.length; row++) expect(fast.where(row)).toEqual(slow.where(row));
    }
  });

  it('gives the same columns as csv-parse, on rows made to be hard', async () => {
    const rows = [
      '1,,,printk,,,,,,,,,', '9007199254740991,0,t,printk,,,,,,,,,x', '1,,,printk,,,,0xABC,,,,,',
      '2,1,a b-1,mm_page_free,,,,0x0,,10,,,', '2,1,"a,b",mm_page_free,,,,1,,0,,-22,',
      '3,,,zoneinfo,,0,Normal,,,,,,spanned=1', '3,,,online_pages,B,,,,-5,,,,',
      '4,,ä,printk,,,,,,,,,é→', '4,4294967295,,printk,,,,,,,,,',
      '4,1,,mm_page_free,,,,0x6,,0,0x,,', '4,1,,mm_page_free,,,,0x6,,0,5q,,',
      '5,,,printk,,,,,,,,,"two\nlines"', '6,,,printk,,,,,,,,,\r', '7,,,boot_param,,,,,,,,,a=b "c"',
    ];
    const file = written(`${start}${rows.join('\n')}\n`);
    const { trace } = await readTrace(file);
    expect([...csvLines(trace)]).toEqual([...csvLines(await readSlowly(file))]);
  });

  it('reads rows that lie across the pieces of a large file', async () => {
    const rows = Array.from({ length: 200_000 }, (_, i) => ({
      time_ns: i * 1000, event: 'mm_page_free', pfn: (i * 7919 % 1_000_003) << i % 11,
      order: i % 11, task: `task-${i % 300}`, cpu: i % 5,
    } as const));
    const trace = traceOf(rows, { kernel: '6.1.0' });
    const file = join(folder, 'large.csv');
    writeTraceCsv(trace, file);
    const { trace: again, problems } = await readTrace(file);
    expect(problems).toEqual([]);
    expect(again.length).toBe(200_000);
    for (let i = 0; i < 200_000; i += 997) {
      expect(again.row(i)).toEqual(rows[i]);
      expect(again.where(i).line).toBe(i + 8);
    }
  });
});

describe('a trace that is wrong', () => {
  it('is read but for the rows that are, each named with its line', async () => {
    expect(await problemsOf(`${start}1,,,printk,,,,,,,,,ok\n`
      + '2,,,prinkt,,,,,,,,,\nx,,,printk,,,,,,,,,\n3,,,mm_page_free,,,,0x12,,0\n'
      + '4,,,printk,Q,,,,,,,,\n5,,,printk,,,Norml,,,,,,\n'
      + '6,99999999999,,printk,,,,,,,,,\n7,,,printk,,,,0x1g,,,,,\n8,,,printk,,,,,,,,,a,b\n'))
      .toEqual([
        '5: event is "prinkt", which is no event\'s name',
        '6: time_ns is "x", expected a decimal or 0x-hex number',
        '7: the row has 10 fields, expected 13; is the line cut?',
        '8: phase is "Q", expected B, E or nothing',
        '9: zone is "Norml", expected DMA, DMA32, Normal, Movable, Device',
        '10: cpu is 99999999999, expected a CPU\'s number, 0 to 8191',
        '11: pfn is "0x1g", expected a decimal or 0x-hex number',
        '12: the row has 14 fields, expected 13',
      ]);
  });

  it('is read but for the line of a quote that has no end', async () => {
    expect(await problemsOf(`${start}1,,,printk,,,,,,,,,"cut`))
      .toEqual(['4: a quoted field has no end, expected another "']);
  });

  it('is refused without column names, with wrong ones, and in a newer format', async () => {
    const refused = async (text: string, message: string): Promise<void> => {
      const file = written(text);
      await expect(readTrace(file, { importer: 'trace_csv' })).rejects.toThrow(`${file}${message}`);
    };
    await refused('# hotplug-trace 1\n', `: has no line of column names, expected ${columns}`);
    await refused('# hotplug-trace 1\ntime_ns,event,pnf\n',
      `:2: "pnf" is no column, expected ${columns}`);
    await refused('time_ns,event,event\n', ':1: column event is there twice');
    await refused('event\n', ':1: the columns time_ns and event must be there');
    await refused(`# hotplug-trace 2\n${columns}\n`, ':1: format version is "2", expected 1');
  });

  it('may have a header number that is none', async () => {
    expect(await problemsOf(`# hotplug-trace 1\n# cpus two\n${columns}\n`))
      .toEqual(['2: header cpus is "two", expected a whole number from 1 to 8192']);
  });
});

describe('lines without anything', () => {
  it('are as nothing, however many, and rows behind them keep their lines', async () => {
    const blank = `${'\n'.repeat(3)}${'\r\n'.repeat(4)}`.repeat(50_000);
    const text = `${start}0,,,printk,,,,,,,,,a\n${blank}0,,,nothing,,,,,,,,,b\n${blank}`;
    expect(await problemsOf(text)).toEqual([
      expect.stringMatching(/^350005: .*nothing/)]);
    const tracer = `# tracer: nop\n          sh-1 [000] ..... 1.000000: mm_page_free: page=0x1 `
      + `pfn=0x12 order=0\n${blank}what is this?\n${blank}`;
    expect(await problemsOf(tracer)).toEqual([
      expect.stringMatching(/^350003: not an event: "what is this/)]);
  });

  it('end a file that is another one behind its beginning', () => {
    const refuse = (strange: number, read: number) => () =>
      refuseStrange({ file: 'x', line: 9 }, strange, read, 'rows');
    expect(refuse(2 ** 22, 0)).not.toThrow();
    expect(refuse(2 ** 23, 2 ** 24)).not.toThrow();
    expect(refuse(2 ** 23, 5)).toThrow('x:9: more than 4194304 lines are no rows, and fewer are');
  });
});

describe('writing a trace', () => {
  it('keeps what was not used, also of a kind with blanks', async () => {
    const file = join(folder, 'unused.csv');
    writeFileSync(file, `# hotplug-trace 1\n# kernel 6.1.0\n# unused snapshot:node meminfo 35\n`
      + `# unused 7\n${columns}\n0,,,boot_param,,,,,,,,,quiet\n`);
    const { trace, unused, problems } = await readTrace(file);
    expect([...unused]).toEqual([['snapshot:node meminfo', 35]]);
    expect(problems).toMatchObject([{
      message: 'header unused is "7", expected a kind of line and a count', position: { line: 4 },
    }]);
    expect([...csvLines(trace)]).toContain('# unused snapshot:node meminfo 35');
  });

  it('keeps what was not used on lines of its own, whatever the input calls it', async () => {
    const builder = new TraceBuilder();
    builder.countUnused('snapshot:no\u2028e\n1', 5);
    builder.countUnused('snapshot:no\u2028e\n1', 2);
    const file = join(folder, 'words.csv');
    writeTraceCsv(builder.finish(), file);
    const { unused, problems } = await readTrace(file);
    expect(problems).toEqual([]);
    expect([...unused]).toEqual([['snapshot:no e 1', 7]]);
  });

  // A no-break space or a byte order mark beside a word of the header, as an editor leaves it.
  it.each(['cpus\u00a0 4', 'cpus\ufeff 4', '\u00a0cpus 4', 'cpus  4\u3000'])(
    'knows a header line whatever blanks it has: %j', async (line) => {
      const { trace, problems } = await readTrace(written(`#${line}\n${columns}\n`));
      expect([problems, trace.header.cpus, trace.header.other]).toEqual([[], 4, []]);
      const again = join(folder, `blanks-${files++}.csv`);
      writeTraceCsv(trace, again);
      expect([...csvLines((await readTrace(again)).trace)]).toEqual([...csvLines(trace)]);
    });

  it('leaves no half-written file when it fails', () => {
    const trace = traceOf([{ time_ns: 0, event: 'printk' }]);
    expect(() => writeTraceCsv(trace, folder)).toThrow(/ is a folder, expected a file to write$/);
    const below = join(written('a file, no folder'), 'trace.csv');
    expect(() => writeTraceCsv(trace, below)).toThrow(/ cannot be written: /);
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('quotes what a spreadsheet would take apart', () => {
    const trace = traceOf([{ time_ns: 5, event: 'printk', args: 'a, "b"' }]);
    expect([...csvLines(trace)].at(-1)).toBe('5,,,printk,,,,,,,,,"a, ""b"""');
  });
});
