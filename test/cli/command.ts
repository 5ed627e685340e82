import { spawnSync } from 'node:child_process';
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
