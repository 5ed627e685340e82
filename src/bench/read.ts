/** How fast traces are read, as ratios to other programs measured in the same run. */
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { packageRoot } from '../base/package_root.js';
import { readTrace } from '../trace/read.js';
import { writeTraceCsv } from '../trace/write_csv.js';
import { writeTextTrace } from './generate_trace.js';
import { writeTraceDat } from './generate_trace_dat.js';
import { has, median, runOnce, type Measured, type Ratio } from './measure.js';

type Command = readonly string[];

/** Events of one recording: it is read faster than Node starts, so several of it are. */
const RECORDED = 250_000;

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const node = (...words: string[]): Command => [process.execPath, ...words];

/** The commands in turn, `runs` times, so that all see the same machine. */
function measure(commands: readonly Command[], runs: number): Pick<Measured, 'cpu' | 'output'>[] {
  const all = commands.map((): Measured[] => []);
  for (let run = 0; run < runs; run++) {
    commands.forEach((command, index) => all[index]?.push(runOnce(command)));
  }
  return all.map((found) => ({
    cpu: median(found.map(({ cpu }) => cpu)), output: found.at(-1)?.output ?? '',
  }));
}

/** Three fields of each line: event, time, pfn. */
const mawk = (path: string): Command =>
  ['mawk', '{ n[$5]++; t = $4; p = $7 } END { print t, p, length(n) }', path];
const readOnce = (path: string): Command => node(here('read_once.js'), path);

interface Memory {
  readonly rows: number;
  readonly kilobytes: number;
}

/** The text with all its times some seconds later. */
function later(text: string, seconds: number): string {
  return text.replace(/( +\d+)(?=\.\d{6}: )/g,
    (digits) => String(Number(digits) + seconds).padStart(digits.length));
}

function textRatios(name: string, path: string, runs: number): Ratio[] {
  const [theirs, ours] = measure([mawk(path), readOnce(path)], runs);
  if (theirs === undefined || ours === undefined) return [];
  const { rows, kilobytes } = JSON.parse(ours.output) as Memory;
  const bytes = kilobytes * 1024;
  return [
    {
      what: `${name}: ftrace text to columns, times the speed of mawk reading three fields`,
      value: theirs.cpu / ours.cpu, aim: 2, floor: 1.2, better: 'more',
    },
    {
      what: `${name}: memory above 150 MB, bytes an event`,
      value: Math.max(0, bytes - 150e6) / rows, aim: 16, floor: 24 + 100e6 / rows, better: 'less',
    },
  ];
}

function reportRatio(dat: string, text: string, runs: number): Ratio[] {
  const report: Command = ['sh', '-c', `trace-cmd report -i ${dat} > ${dat}.txt`];
  const [theirs, ours] = measure([report, readOnce(text)], runs);
  if (theirs === undefined || ours === undefined) return [];
  return [{
    what: 'generated: ftrace text to columns, times the events/s of trace-cmd report',
    value: theirs.cpu / ours.cpu, aim: 10, floor: 6, better: 'more',
  }];
}

function csvRatio(path: string, runs: number): Ratio[] {
  const [theirs, ours] = measure([node(here('read_udsv.js'), path), readOnce(path)], runs);
  if (theirs === undefined || ours === undefined) return [];
  return [{
    what: 'generated: trace CSV to columns, times the speed of udsv reading typed rows in chunks',
    value: theirs.cpu / ours.cpu, aim: 2, floor: 1.3, better: 'more',
  }];
}

function startRatio(runs: number): Ratio {
  const main = join(packageRoot(), 'dist/src/main.js');
  const [nothing, version] = measure([node('-e', '0'), node(main, '--version')], runs * 2);
  return {
    what: '--version, times node -e 0', value: (version?.cpu ?? NaN) / (nothing?.cpu ?? NaN),
    aim: 1.6, floor: 2.5, better: 'less',
  };
}

async function inFolder(folder: string, events: number, runs: number): Promise<Ratio[]> {
  const [text, dat, csv] = ['trace.txt', 'trace.dat', 'trace.csv']
    .map((name) => join(folder, name)) as [string, string, string];
  writeTextTrace(text, events, 1);
  writeTraceCsv((await readTrace(text)).trace, csv);
  const load = join(folder, 'load.txt');
  const recorded = join(packageRoot(), 'traces/recordings/offline-under-load/trace.txt.gz');
  const copies = Math.max(1, Math.round(events / RECORDED));
  if (existsSync(recorded)) {
    const one = gunzipSync(readFileSync(recorded)).toString();
    for (let copy = 0; copy < copies; copy++) appendFileSync(load, later(one, copy * 5));
  }
  const ratios: Ratio[] = [];
  if (!has('mawk')) process.stderr.write('mawk is not installed: not compared with it\n');
  else ratios.push(...textRatios('generated', text, runs));
  if (existsSync(load) && has('mawk')) {
    ratios.push(...textRatios(`${copies} times offline-under-load`, load, runs));
  }
  if (has('trace-cmd')) {
    writeTraceDat(dat, events, 1);
    ratios.push(...reportRatio(dat, text, runs));
  } else process.stderr.write('trace-cmd is not installed: not compared with it\n');
  return [...ratios, ...udsvRatios(csv, runs), startRatio(runs)];
}

/** udsv is there for development only: it is compared where it can be found. */
function udsvRatios(csv: string, runs: number): Ratio[] {
  try {
    return csvRatio(csv, runs);
  } catch (error) {
    if (!/Cannot find package 'udsv'/.test((error as Error).message)) throw error;
    process.stderr.write('udsv is not installed: not compared with it\n');
    return [];
  }
}

/** All ratios of reading; `events` is the size of the generated trace. */
export async function readRatios(events: number, runs: number): Promise<readonly Ratio[]> {
  const folder = mkdtempSync(join(tmpdir(), 'mmreplay-bench-'));
  try {
    return await inFolder(folder, events, runs);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
