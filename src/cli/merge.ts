import { entriesOf, resultsText } from '../batch/results_file.js';
import { defineCommand } from './program/command.js';
import { deliverAll, formatOption, outputsOf, tell, writeOutput } from './program/deliver.js';
import { outputOption } from './program/options.js';
import { screenOptions, type ScreenOptions } from './program/screen.js';
import { storedResults } from './program/stored_results.js';

interface Options extends ScreenOptions {
  readonly parts: readonly string[];
  readonly format: readonly string[] | undefined;
  readonly results: string | undefined;
  readonly output: string | undefined;
}

export default defineCommand<Options>({
  usage: 'merge <parts..>',
  doc: 'Join the results of the shards of one batch, and report them as one',
  options: (yargs) => yargs
    .positional('parts', {
      type: 'string', array: true, demandOption: true,
      describe: 'What `run --shard I/N --results FILE` wrote, all of them',
    })
    .option('format', formatOption)
    .option('results', {
      type: 'string', requiresArg: true, describe: 'Keep the joined results in this file' })
    .option('output', outputOption())
    .options(screenOptions),
  run: async (args) => {
    const outputs = await outputsOf(args.format, args.output);
    const joined = await storedResults(args.parts);
    try {
      if (args.results !== undefined) {
        await writeOutput(
          args.results, resultsText(joined.tool, joined.total, entriesOf(joined)));
      }
      await deliverAll(outputs, joined, { limit: 12, detail: 'verdicts', quietSame: false }, args);
      const missing = joined.total - joined.lines.length - joined.troubles.length;
      for (const { message } of joined.troubles) tell(`${message}\n`);
      if (missing > 0) {
        tell(`${missing} of ${joined.total} traces are in none of these files\n`);
      }
      return missing > 0 || joined.troubles.length > 0 ? 2 : 0;
    } finally {
      joined.dispose();
    }
  },
});
