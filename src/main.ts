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
  const { main } = await import('./cli/program/program.js');
  await main(given);
}
