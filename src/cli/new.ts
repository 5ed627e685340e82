import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { didYouMean } from '../base/closest.js';
import { UsageError } from '../base/errors.js';
import { packageRoot } from '../base/package_root.js';
import { shellWord } from '../base/words.js';
import { versions } from '../linux/history/versions.js';
import type { MailedPatch } from '../patch/mail/read.js';
import { isModelled } from '../patch/mail/verbs.js';
import { skeletonText } from '../patch/skeleton.js';
import { defineCommand } from './program/command.js';
import { deliver, tell, writeOutput } from './program/deliver.js';
import { baseOfMail, mailedOf } from './program/mail_file.js';

interface Options {
  readonly kind: string;
  readonly id: string;
  readonly from: string | undefined;
  readonly base: string | undefined;
  readonly output: string | undefined;
}

const idPattern = /^[A-Za-z0-9_]+(\/[A-Za-z0-9_]+)+$/;

function checkedBase(base: string): string {
  const known = versions.map((version) => version.id);
  if (known.includes(base)) return base;
  throw new UsageError(
    `--base ${base}: there is no such version${didYouMean(base, known)}\n` +
      `  there are ${known.at(-1)} to ${known[0]}: \`mmreplay list versions\``);
}

/** The first patch of the file; what is not taken as it stands there is said. */
async function firstPatch(path: string): Promise<MailedPatch | undefined> {
  const { patches: [mail, ...others] } = await mailedOf(path);
  if (mail === undefined) return undefined;
  const told = [
    ...(others.length === 0 ? []
      : [`${others.length + 1} patches; the first is used: ${mail.subject} ` +
        '(`mmreplay mail FILE -o DIR` writes all of them)']),
    ...(mail.subject === '' ? ['no mail header: no subject, no author'] : []),
    ...mail.notes,
  ];
  for (const one of told) tell(`${path}: ${one}\n`);
  return mail;
}

/** policies/ of the tree that the program runs from; an installed package is no place to write. */
function ownPolicies(): string {
  const root = packageRoot();
  if (existsSync(join(root, 'tsconfig.json'))) return join(root, 'policies');
  throw new UsageError('this mmreplay is an installed package; say where to write with -o DIR');
}

/** Writes the file and says where it is and what to do next. */
async function writeNew(options: Options): Promise<number> {
  const { id } = options;
  if (!idPattern.test(id)) {
    throw new UsageError(`${id}: a policy's id is question/variant, as zonelists/all_zones`);
  }
  const path = join(options.output ?? ownPolicies(), `${id}.ts`);
  if (existsSync(path)) throw new UsageError(`${path} is there already; it is left as it is`);
  const mail = options.from === undefined ? undefined : await firstPatch(options.from);
  const found = baseOfMail(mail);
  const base = options.base === undefined ? found.id : checkedBase(options.base);
  if (options.base === undefined && mail !== undefined) {
    process.stderr.write(`base ${base}: ${found.why}\n`);
  }
  const text = skeletonText({ id, base, mail });
  await writeOutput(path, text);
  const shown = relative(process.cwd(), path);
  const argument = options.output === undefined ? id : shown.startsWith('.') ? shown : `./${shown}`;
  await deliver(`${shown}\n`, undefined);
  tell(`${text}\n`);
  const touched = mail?.touched ?? [];
  tell(touched.length > 0 && !touched.some(({ name }) => isModelled(name))
    ? 'nothing to try: the model has none of the functions that it changes, and cannot tell\n'
    : `try it: mmreplay run TRACE -p ${shellWord(argument)}\n`);
  return 0;
}

export default defineCommand<Options>({
  usage: 'new <kind> <id>',
  doc: 'Write the skeleton of a new policy, filled from a mailed patch',
  options: (yargs) => yargs
    .positional('kind', { choices: ['policy'] as const, demandOption: true,
      describe: 'What to make' })
    .positional('id', { type: 'string', demandOption: true,
      describe: 'question/variant: its place below policies/' })
    .option('from', { type: 'string', requiresArg: true,
      describe: 'A mail, mbox, git or quilt patch to read subject, link, base, functions from' })
    .option('base', { type: 'string', requiresArg: true,
      describe: 'Kernel version it was made against [default: the newest one when it was mailed]' })
    .option('output', { alias: 'o', type: 'string', requiresArg: true,
      describe: 'Folder to write below, for a policy outside this tree' })
    .example('$0 new policy zonelists/my_fix --from patch.mbox', 'in the tree')
    .example('$0 new policy mine/my_fix --from patch.mbox -o .', 'in the current folder'),
  run: writeNew,
});
