/** A random scenario on the newest kernel whose model is finished: what the soak prints of it. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { onNewestKernel } from './lab.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

onNewestKernel('a random scenario', (kernel) => {
  it('is recorded and verified, and kept when it is asked for', async () => {
    const accel = process.env.MMREPLAY_ACCEL;
    const { status, stdout } = await new Promise<{ status: unknown; stdout: string }>((resolve) => {
      execFile(process.execPath, [join(packageRoot(), 'dist/src/soak/main.js'), '--seed', '2',
        '--kernel', kernel, '-o', folder, '--keep', '--level', 'hotplug',
        ...(accel === undefined ? [] : ['--accel', accel])],
      (error, out) => resolve({ status: error?.code ?? 0, stdout: out }));
    });
    expect(stdout).toMatch(/^2 {2}\S+ {2}hotplug {2}\d+ facts, 0 disagree {2}\S+random-2\n/);
    expect(status).toBe(0);
    const [recording = ''] = readdirSync(folder);
    expect(readdirSync(join(folder, recording))).toContain('scenario.json');
  });
});
