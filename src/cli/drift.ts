import { didYouMean } from '../base/closest.js';
import { UsageError } from '../base/errors.js';
import { modelName } from '../base/kernel_names.js';
import { digestsOf, writeDigests } from '../drift/digests.js';
import { drift, functionDiff, isChange } from '../drift/drift.js';
import { openTree, type KernelTree } from '../drift/kernel_tree.js';
import { foldersOf } from '../drift/lookup.js';
import { driftLines } from '../drift/report.js';
import { functionTags } from '../linux/function_tag.js';
import { defineCommand } from './program/command.js';
import { deliver } from './program/deliver.js';
import { outputOption } from './program/options.js';

interface Options {
  readonly old: string;
  readonly new: string;
  readonly git: string;
  readonly full: boolean;
  readonly function: string | undefined;
  readonly digests: string | undefined;
  readonly format: 'text' | 'json';
  readonly output: string | undefined;
}

/** The diff of a function that is asked for by any of its names. */
function shownDiff(name: string, old: KernelTree, now: KernelTree): string {
  const tags = functionTags();
  const model = modelName(name, (one) => Object.hasOwn(tags, one));
  const tag = tags[model ?? ''];
  if (model === undefined || tag === undefined) {
    throw new UsageError(`the model has no function ${name}${didYouMean(name, Object.keys(tags))}`);
  }
  const text = functionDiff(old, now, model, tag.kernelFile);
  if (text === undefined) throw new UsageError(`neither kernel has ${name}()`);
  return text;
}

export default defineCommand<Options>({
  usage: 'drift <old> <new>',
  doc: 'Say what of the modelled kernel functions changed between two kernel sources',
  options: (yargs) => yargs
    .positional('old', { type: 'string', demandOption: true,
      describe: 'Sources: a tree, a tarball (GNU tar opens it), or a revision of the clone' })
    .positional('new', { type: 'string', demandOption: true, describe: 'Likewise' })
    .option('git', { type: 'string', requiresArg: true, default: '.',
      describe: 'The clone that revisions are of; of two revisions commits are told' })
    .option('full', { type: 'boolean', default: false,
      describe: 'Also functions that were read, that are the same, and all new ones' })
    .option('function', { type: 'string', requiresArg: true,
      describe: 'Show how the text of one function differs, and nothing else' })
    .option('digests', { type: 'string', requiresArg: true,
      describe: 'Write the digests of both into this folder: which text was read' })
    .option('format', { choices: ['text', 'json'] as const, requiresArg: true,
      default: 'text' as const, describe: 'text or json' })
    .option('output', outputOption())
    .example('$0 drift linux-6.12 linux-7.3.tar.xz', 'What a release means for the model')
    .example('$0 drift v7.2 v7.3 --git ~/linux', 'with the commits, function by function'),
  run: async (args) => {
    const folders = foldersOf(Object.values(functionTags()), ['include/trace/events']);
    const [old, now] = [args.old, args.new].map((one) => openTree(one, args.git, folders));
    if (old === undefined || now === undefined) return 2;
    if (args.function !== undefined) {
      await deliver(shownDiff(args.function, old, now), args.output);
      return 0;
    }
    const found = await drift(old, now);
    if (args.digests !== undefined) {
      for (const tree of [old, now]) {
        process.stderr.write(`${writeDigests(digestsOf(tree), args.digests)} written\n`);
      }
    }
    await deliver(args.format === 'json' ? `${JSON.stringify(found)}\n`
      : [...driftLines(found, args.full)].map((line) => `${line}\n`).join(''), args.output);
    return found.functions.some(({ change }) => isChange(change)) ? 1 : 0;
  },
});
