/** What a signal ends, and when. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';

const module = pathToFileURL(`${packageRoot()}dist/src/record/interrupt.js`).href;

/*
 *   untilSignal   [ ......  endedBySignal [ a loop without an end ]  ...... ]
 *   SIGTERM                                       x
 *
 * Expect: the program ends by the signal, though its loop never looks whether one came.
 */
test('work that loops without a guest is ended by SIGTERM', async () => {
  const program = `const { endedBySignal, untilSignal } = await import('${module}');
    await untilSignal(() => endedBySignal(async () => {
      (await import('node:fs')).writeSync(1, 'begun');
      for (;;);
    }));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program],
    { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  const [, signal] = await once(child, 'exit') as [number | null, string | null];
  expect(signal).toBe('SIGTERM');
});
