/** What all measurements share: a ratio, the CPU time of a command, the median. */
import { spawnSync } from 'node:child_process';

/** A ratio with what it should be; `better` says in which direction. */
export interface Ratio {
  readonly what: string;
  readonly value: number;
  readonly aim: number;
  readonly floor: number;
  readonly better: 'more' | 'less';
}

export interface Measured {
  /** CPU seconds of the whole process, user and system. */
  readonly cpu: number;
  /** Seconds until it had ended. */
  readonly seconds: number;
  readonly output: string;
}

/** Runs a command once; its times are what bash's `time` says of it. */
export function runOnce(words: readonly string[], cwd?: string): Measured {
  const script = 'TIMEFORMAT="%3R %3U %3S"; time "$@"';
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script, 'bench', ...words],
    { encoding: 'utf8', maxBuffer: 1 << 30, ...(cwd === undefined ? {} : { cwd }) });
  const [seconds, user, system] =
    (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  if (status !== 0 || seconds === undefined || user === undefined || system === undefined) {
    throw new Error(`${words.join(' ')} failed: ${stderr}${stdout}`);
  }
  return { cpu: user + system, seconds, output: stdout };
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >>> 1] ?? NaN;
}

/** Is there such a program? */
export function has(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}
