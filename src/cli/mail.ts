import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { printable } from '../base/printable.js';
import { UsageError } from '../base/errors.js';
import { shellWord } from '../base/words.js';
import { loadPolicies } from '../patch/catalogue.js';
import { questionOf, touchedFunctions } from '../patch/conflicts.js';
import type { Patch } from '../patch/define.js';
import type { MailedPatch } from '../patch/mail/read.js';
import { isModelled } from '../patch/mail/verbs.js';
import { isComplete, skeletonText } from '../patch/skeleton.js';
import { absentCalls } from '../patch/mail/absent_calls.js';
import { nearSwitches, nearText } from '../patch/near_switches.js';
import { untoldText } from '../patch/untold_texts.js';
import { defineCommand } from './program/command.js';
import { deliver, print, writeOutput } from './program/deliver.js';
import { baseOfMail, mailedOf } from './program/mail_file.js';

interface Options {
  readonly file: string;
  readonly output: string | undefined;
}

/** The subject without `[PATCH v2 3/7]` and `Re:`: what versions of a patch share. */
function topicOf(subject: string): string {
  return subject.replaceAll(/^(?:\s*(?:re|fwd):|\s*\[[^\]]*\])+\s*/gi, '').toLowerCase().trim();
}

/** Policies that are this patch: of its subject, its mail, or a commit that it names. */
function versionsOf(mail: MailedPatch, policies: readonly Patch[]): readonly Patch[] {
  const topic = topicOf(mail.subject);
  return policies.filter(({ subject, link }) =>
    (topic !== '' && topicOf(subject) === topic) ||
    (mail.messageId !== undefined && link.includes(mail.messageId)) ||
    mail.commits.some((commit) => link.includes(commit.slice(0, 12))));
}

/** The question whose policies change most of the patch's functions; undefined: none does. */
function questionFor(mail: MailedPatch, policies: readonly Patch[]): string | undefined {
  const names = new Set(mail.touched.map(({ name }) => name));
  const counts = new Map<string, number>();
  for (const patch of policies) {
    const shared = touchedFunctions(patch).filter((name) => names.has(name)).length;
    const question = questionOf(patch.id);
    if (shared > 0) counts.set(question, (counts.get(question) ?? 0) + shared);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0];
}

/** `fix_build_zonerefs_node` of the subject: the file's name. */
function variantOf(mail: MailedPatch, index: number): string {
  const words = topicOf(mail.subject).replace(/^.*: /, '').match(/[a-z0-9_]+/g) ?? [];
  return words.slice(0, 4).join('_').slice(0, 40) || `patch_${index + 1}`;
}

/** That of the policy that it is, else that whose policies change the same. */
function questionIn(mail: MailedPatch, policies: readonly Patch[]): string | undefined {
  const [known] = versionsOf(mail, policies);
  return known === undefined ? questionFor(mail, policies) : questionOf(known.id);
}

/** Its id as a policy of its own. */
function idFor(mail: MailedPatch, index: number, policies: readonly Patch[]): string {
  return `${questionIn(mail, policies) ?? 'mine'}/${variantOf(mail, index)}`;
}

/** Switches told of one patch. */
const MOST_SWITCHES = 3;

function describe(
  mail: MailedPatch, index: number, options: Options, policies: readonly Patch[],
): readonly string[] {
  const base = baseOfMail(mail);
  const known = versionsOf(mail, policies);
  const question = questionIn(mail, policies);
  const path = join(options.output ?? '.', `${idFor(mail, index, policies)}.ts`);
  const shown = relative(process.cwd(), path);
  const functions = mail.touched.map(({ name }) => `${name}()`).join(', ');
  const absent = mail.touched.filter(({ name }) => !isModelled(name));
  // Of what the model does not have nobody can make a policy.
  const isNothing = mail.touched.length > 0 && absent.length === mail.touched.length;
  const traces = question === undefined ? 'TRACE' : `traces/${question}-*`;
  const run = known[0] === undefined
    ? `mmreplay run ${traces} -p ${shellWord(`./${shown}`)}`
    : `mmreplay run ${traces} ${known.map((one) => `-p ${one.id}`).join(' ')}`;
  return [
    mail.subject || '(no subject)',
    `  by         ${mail.author || 'nobody is named'}`,
    `  base       ${base.id} (${base.why})`,
    `  changes    ${functions || 'no function'}`,
    ...absent.map(({ name, file }) => `  not there  the model has no ${name}() of ${file}`),
    ...mail.touched.flatMap((fn) => {
      const names = isModelled(fn.name) ? absentCalls(fn).map((one) => `${one}()`) : [];
      return names.length === 0 ? [] : [`  not there  what changes in ${fn.name}() is ` +
        `${names.join(' and ')}, which the model has not: it cannot tell`];
    }),
    ...mail.notes.map((note) => `  note       ${note}`),
    ...mail.touched.flatMap(({ name }) => untoldText(name, base.id) ?? [])
      .map((text) => `  unsure     ${text}`),
    ...(known.length > 0 ? [] : nearSwitches(mail.touched, base.id))
      .slice(0, MOST_SWITCHES).map((one) => `  or         ${nearText(one)}`),
    `  question   ${question ?? 'none of those that are shipped'}`,
    ...(known.length === 0 ? [] : [`  it is      ${known.map((one) => one.id).join(', ')}`]),
    ...(isNothing && known.length === 0
      ? ['  run        nothing: the model has none of these functions, and cannot tell'] : []),
    ...(isNothing && known.length === 0 ? [] : [`  run        ${run}`]),
    ...(isNothing || known.length > 0 ? []
      : [`  complete   ${isComplete(mail, base.id)
        ? 'yes, but for its doc' : 'no: frames are to be filled'}`]),
  ];
}

async function write(
  mail: MailedPatch, index: number, options: Options, policies: readonly Patch[],
  doc: string | undefined,
): Promise<string> {
  const id = idFor(mail, index, policies);
  const path = join(options.output ?? '.', `${id}.ts`);
  if (existsSync(path)) throw new UsageError(`${path} is there already; it is left as it is`);
  await writeOutput(path, skeletonText({
    id, base: baseOfMail(mail).id, mail, ...(doc === undefined ? {} : { doc }) }));
  return path;
}

export default defineCommand<Options>({
  usage: 'mail <file>',
  doc: 'Say of mailed patches which question and policies they are, and what to run',
  options: (yargs) => yargs
    .positional('file', { type: 'string', demandOption: true,
      describe: 'mbox, mail, git or quilt patch; - is standard input' })
    .option('output', { alias: 'o', type: 'string', requiresArg: true,
      describe: 'Write each patch as a policy below this folder' })
    .example('$0 mail patch.mbox', 'what it is, and the line to run')
    .example('$0 mail series.mbox -o .', 'each patch of the series as a policy'),
  run: async (options) => {
    const { patches, cover } = await mailedOf(options.file);
    const policies = await loadPolicies();
    const lines = patches.flatMap((mail, index) =>
      [...describe(mail, index, options, policies), '']);
    await print(lines.map((line) => `${printable(line)}\n`).join(''));
    if (options.output === undefined) return 0;
    const doc = cover === undefined ? undefined : `Of the series: ${cover}.`;
    for (const [index, mail] of patches.entries()) {
      await deliver(`${await write(mail, index, options, policies, doc)}\n`, undefined);
    }
    return 0;
  },
});
