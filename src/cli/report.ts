import type { ReportOptions } from '../report/report.js';
import { defineCommand } from './program/command.js';
import { deliverAll, formatOption, outputsOf } from './program/deliver.js';
import { numberOption, outputOption } from './program/options.js';
import { screenOptions, type ScreenOptions } from './program/screen.js';
import { storedResults } from './program/stored_results.js';

interface Options extends ScreenOptions {
  readonly results: string;
  readonly format: readonly string[] | undefined;
  readonly limit: number;
  readonly full: boolean;
  readonly short: boolean;
  readonly output: string | undefined;
}

function detailOf({ short, full }: Options): ReportOptions['detail'] {
  if (short) return 'short';
  return full ? 'full' : 'verdicts';
}

export default defineCommand<Options>({
  usage: 'report <results>',
  doc: 'Reports of results that `run --results FILE` kept, without a replay',
  options: (yargs) => yargs
    .positional('results', { type: 'string', demandOption: true, describe: 'A results file' })
    .option('format', formatOption)
    .option('limit', {
      ...numberOption('limit', 'Divergences and violations shown of each trace'), default: 12 })
    .option('full', { type: 'boolean', default: false, describe: 'Everything of each trace' })
    .option('short', { type: 'boolean', default: false, describe: 'The verdict of each trace' })
    .option('output', outputOption())
    .options(screenOptions),
  run: async (args) => {
    const outputs = await outputsOf(args.format, args.output);
    const stored = await storedResults([args.results]);
    try {
      await deliverAll(outputs, stored,
        { limit: args.limit, detail: detailOf(args), quietSame: false }, args);
    } finally {
      stored.dispose();
    }
    return 0;
  },
});
