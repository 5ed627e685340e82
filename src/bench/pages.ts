/** How fast pages are replayed, as ratios, and what memory that takes. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { packageRoot } from '../base/package_root.js';
import { median, runOnce, type Measured, type Ratio } from './measure.js';

const COPIES = 16;

function once(...words: readonly string[]): Measured {
  const script = fileURLToPath(new URL('pages_once.js', import.meta.url));
  return runOnce([process.execPath, '--expose-gc', script, ...words]);
}

function numbers(output: string): Readonly<Record<string, number>> {
  return JSON.parse(output) as Record<string, number>;
}

/** Lines a second of mawk reading three fields of the recording's text, many copies of it. */
function mawkRate(recording: string, runs: number): number {
  const folder = mkdtempSync(join(tmpdir(), 'mmreplay-bench-'));
  try {
    const text = gunzipSync(readFileSync(`${recording}/trace.txt.gz`)).toString();
    const path = join(folder, 'trace.txt');
    for (let copy = 0; copy < COPIES; copy += 1) appendFileSync(path, text);
    const program = '{ n[$5]++; t = $4; p = $7 } END { print t, p, length(n) }';
    const seconds = Array.from({ length: runs }, () => runOnce(['mawk', program, path]).cpu);
    return (COPIES * text.split('\n').length) / median(seconds);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Percent of a run over the recording's text that each of two further policies adds. */
function furtherPolicy(recording: string, runs: number): number {
  const main = fileURLToPath(new URL('../main.js', import.meta.url));
  const policies = ['base', 'offline_pcp/redrain', 'offline_pcp/loop'];
  const seconds = (count: number): number => {
    const words = policies.slice(0, count).map((one) => `-p ${one}`).join(' ');
    // Status 1: the policies differ.
    const command = `${process.execPath} ${main} run ${recording} ${words} || [ $? -eq 1 ]`;
    return runOnce(['sh', '-c', command]).cpu;
  };
  const shares = Array.from({ length: runs }, () => {
    const one = seconds(1);
    return (100 * (seconds(policies.length) - one)) / (policies.length - 1) / one;
  });
  return median(shares);
}

/** All ratios of the page-level model. */
export function pageRatios(runs: number): readonly Ratio[] {
  const recording = `${packageRoot()}traces/recordings/offline-under-load`;
  const replayed = numbers(once('replay', recording).output);
  const rate = (replayed['rows'] ?? 0) / (replayed['seconds'] ?? NaN);
  const idle = numbers(once('idle', '1024', '8').output)['megabytes'] ?? NaN;
  return [
    { what: 'page-level replay: events/s against lines/s of mawk', value: rate /
      mawkRate(recording, runs), aim: 2.3, floor: 1, better: 'more' },
    { what: 'page-level replay with all invariants after every event, times without',
      value: numbers(once('checked', recording).output)['ratio'] ?? NaN, aim: 2, floor: 4,
      better: 'less' },
    { what: 'percent that each further policy adds to a run over text',
      value: furtherPolicy(recording, runs), aim: 15, floor: 30, better: 'less' },
    { what: 'MB for an idle machine of 1 TiB and 8 nodes', value: idle, aim: 64, floor: 64,
      better: 'less' },
    { what: 'MB after the replay of offline-under-load', value: replayed['megabytes'] ?? NaN,
      aim: 300, floor: 300, better: 'less' },
  ];
}
