import { changeKinds, changesOf } from '../batch/changes.js';
import { changesText } from '../report/changes.js';
import { defineCommand } from './program/command.js';
import { deliver } from './program/deliver.js';
import { outputOption } from './program/options.js';
import { storedResults } from './program/stored_results.js';

interface Options {
  readonly old: string;
  readonly new: string;
  readonly format: string;
  readonly output: string | undefined;
}

export default defineCommand<Options>({
  usage: 'compare <old> <new>',
  doc: 'Say what is new, gone, better and worse between two results files',
  options: (yargs) => yargs
    .positional('old', { type: 'string', demandOption: true, describe: 'Results of before' })
    .positional('new', { type: 'string', demandOption: true, describe: 'Results of now' })
    .option('format', {
      type: 'string', requiresArg: true, choices: ['text', 'json'] as const, default: 'text',
      describe: 'text or json',
    })
    .option('output', outputOption()),
  run: async (args) => {
    const old = await storedResults([args.old]);
    const now = await storedResults([args.new]);
    old.dispose();
    now.dispose();
    const changes = changesOf(old.lines, now.lines);
    deliver(args.format === 'json' ? `${JSON.stringify({ changes }, undefined, 2)}\n`
      : changesText(changes, changeKinds), args.output);
    return changes.length > 0 ? 1 : 0;
  },
});
