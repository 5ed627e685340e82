/** How fast pages are replayed, as ratios, and what memory that takes. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { packageRoot } from '../base/package_root.js';
import type { Ratio } from './read.js';

const COPIES = 16;

interface Run {
  /** CPU seconds, user and system. */
  readonly cpu: number;
  readonly output: string;
}

function run(words: readonly string[]): Run {
  const script = 'TIMEFORMAT="%3U %3S"; time "$@"';
  const { status, stdout, stderr } = spawnSync(
    'bash', ['-c', script, 'bench', ...words], { encoding: 'utf8', maxBuffer: 1 << 30 });
  const [user, system] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  if (status !== 0 || user === undefined || system === undefined) {
    throw new Error(`${words.join(' ')} failed: ${stderr}`);
  }
  return { cpu: user + system, output: stdout };
}

function once(...words: readonly string[]): Run {
  const script = fileURLToPath(new URL('pages_once.js', import.meta.url));
  return run([process.execPath, '--expose-gc', script, ...words]);
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
    const seconds = Array.from({ length: runs }, () => run(['mawk', program, path]).cpu);
    return (COPIES * text.split('\n').length) / median(seconds);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >>> 1] ?? NaN;
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
    { what: 'MB for an idle machine of 1 TiB and 8 nodes', value: idle, aim: 64, floor: 64,
      better: 'less' },
    { what: 'MB after the replay of offline-under-load', value: replayed['megabytes'] ?? NaN,
      aim: 300, floor: 300, better: 'less' },
  ];
}
