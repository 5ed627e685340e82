import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package_root.js';

const program = join(packageRoot(), 'dist/src/main.js');

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built program (`npm run build`), as a user would, in the folder `cwd`. */
export function mmreplay(args: readonly string[], cwd: string = packageRoot()): Ran {
  if (!existsSync(program)) throw new Error('the program is not built: npm run build');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd, encoding: 'utf8', maxBuffer: 2 ** 28, env: { ...process.env, NO_COLOR: '1' } });
  return { status, stdout, stderr };
}

export interface Begun {
  isRunning(): boolean;
  /** Its standard output so far. */
  said(): string;
  /** Waits until it has ended, of a signal if one is given. */
  end(signal?: NodeJS.Signals): Promise<Ran>;
}

/** The same, beside what the test does meanwhile. */
export function begin(args: readonly string[]): Begun {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: packageRoot(), env: { ...process.env, NO_COLOR: '1' } });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data: Buffer) => { stdout += data.toString(); });
  child.stderr.on('data', (data: Buffer) => { stderr += data.toString(); });
  const ended = new Promise<Ran>((resolve) => {
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
  return {
    isRunning: () => child.exitCode === null,
    said: () => stdout,
    end: (signal) => {
      if (signal !== undefined) child.kill(signal);
      return ended;
    },
  };
}
