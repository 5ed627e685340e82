#!/usr/bin/env node
/** The program. `--version` is answered here, because everything else takes longer to load. */
import { versionText } from './base/program_version.js';

const given = process.argv.slice(2);
if (given.length === 1 && ['--version', '-V', '-v'].includes(given[0] ?? '')) {
  process.stdout.write(`${versionText()}\n`);
} else {
  const { main } = await import('./cli/program/program.js');
  await main(given);
}
