#!/usr/bin/env node
/** The program. `--version` is answered here, because everything else takes longer to load. */
import { writeSync } from 'node:fs';
import { versionText } from './base/program_version.js';

const given = process.argv.slice(2);
if (given.length === 1 && ['--version', '-V', '-v'].includes(given[0] ?? '')) {
  try {
    writeSync(1, `${versionText()}\n`);
  } catch (error) {
    process.stderr.write(`error: standard output: ${(error as Error).message}\n`);
    process.exitCode = 2;
  }
} else {
  // A part of the program that cannot be loaded (too many open files) is trouble: Node's own status
  // for what nobody caught is that of "differs".
  const loaded = await import('./cli/program/program.js').catch((error: unknown) => {
    process.stderr.write(`error: the program cannot be loaded: ${(error as Error).message}\n`);
    process.exitCode = 2;
  });
  await loaded?.main(given);
}
