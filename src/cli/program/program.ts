/** The command line: finds the command, runs it, turns errors into a message and exit status 2. */
import yargs from 'yargs';
import type { Argv, FallbackCompletionFunction } from 'yargs';
import { didYouMean } from '../../base/closest.js';
import { reasonOf, UsageError } from '../../base/errors.js';
import { commandNames, loadCommand } from './commands.js';
import { CUT_SHORT, tell } from './deliver.js';
import { errorText } from '../../base/error_text.js';
import { versionText } from '../../base/program_version.js';

const completionCommand = 'completion';
/** How a shell asks for the words that can come next. */
const asksForWords = '--get-yargs-completions';
/** Options without a command. */
const general: readonly string[] = ['--help', '-h', '--version', '-V'];

/** One letter is like every other. */
const alike = (option: string, known: readonly string[]): string =>
  (option.length > 2 ? didYouMean(option, known.filter((one) => one.length > 2)) : '');

/** Options before any command are few. Error: UsageError. */
function checkOptions(given: readonly string[], names: readonly string[]): void {
  const [first = ''] = given;
  if (!first.startsWith('-') || first === asksForWords) return;
  if (given.some((word) => names.includes(word))) return;
  const unknown = given.find((word) => word.startsWith('-') && !general.includes(word));
  if (unknown === undefined) return;
  throw new UsageError(`unknown option ${unknown}${alike(unknown, general)}\n`
    + '  `mmreplay --help` shows what can be said');
}

/** Only the command that is asked for, when it is known which; else all of them. */
async function commandsFor(given: readonly string[]) {
  const first = given[0];
  const names = commandNames();
  if (first !== undefined && names.includes(first)) return [await loadCommand(first)];
  if (first === completionCommand && given.length > 1 && !given[1]?.startsWith('-')) {
    throw new UsageError(
      'completion is for the shell that $SHELL names, expected nothing behind it');
  }
  checkOptions(given, names);
  const wantsAll = first === undefined || first.startsWith('-') || first === completionCommand;
  if (wantsAll) return Promise.all(names.map(loadCommand));
  throw new UsageError(
    `there is no command ${first}${didYouMean(first, [...names, completionCommand])}\n` +
      `  there are ${[...names, completionCommand].join(', ')}`);
}

/** What yargs finds wrong, in our words. */
const ourWords: readonly (readonly [theirs: RegExp, ours: string])[] = [
  [/^Not enough non-option arguments.*/s, 'an argument is missing'],
  [/^Not enough arguments following: (.)$/, 'a value is missing behind -$1'],
  [/^Not enough arguments following: (.*)/, 'a value is missing behind --$1'],
  [/^Invalid values:\n *Argument: (\S+), Given: (.*), Choices: (.*)$/, '$1 is $2, expected $3'],
];

/** A choice that is alike: of `what is "policy", expected "policies", ...`. */
function nearChoice(message: string): string {
  const [, given, choices] = / is "(.*)", expected (".*")$/.exec(message) ?? [];
  if (given === undefined || choices === undefined) return '';
  const words = choices.split(', ').map((word) => word.replaceAll('"', ''));
  // One of something for many of it.
  const alike = words.find((word) => given.length > 3 && word.startsWith(given.slice(0, -1)));
  return alike === undefined ? didYouMean(given, words) : `; did you mean ${alike}?`;
}

/** The option that a word of the command line names: `--limit` of `--limit=3`; or nothing. */
const optionOf = (word: string): string | undefined => /^--?[^=]+/.exec(word)?.[0];

/** `unknown option --formt; did you mean --format?`; words that nobody asked for are named too. */
function unknownWords(
  names: readonly string[], given: readonly string[], options: readonly string[],
): string {
  const known = options.map((name) => (name.length === 1 ? `-${name}` : `--${name}`));
  return names.map((name) => {
    const option = given.map(optionOf).find((word) =>
      word !== undefined && [`--${name}`, `-${name}`, `--no-${name}`].includes(word));
    return option === undefined ? `nothing is expected at ${name}`
      : `unknown option ${option}${alike(option, known)}`;
  }).join('\n  ');
}

/** What yargs found wrong, with where to look it up. */
function wrongUsage(
  theirs: string, given: readonly string[], options: readonly string[],
): UsageError {
  const unknown = /^Unknown arguments?: (.*)$/s.exec(theirs)?.[1]?.split(', ');
  const message = unknown === undefined
    ? ourWords.reduce((text, [pattern, ours]) => text.replace(pattern, ours), theirs)
    : unknownWords(unknown, given, options);
  const near = nearChoice(message);
  const command = commandNames().find((name) => name === given[0]);
  const help = command === undefined ? 'mmreplay --help' : `mmreplay ${command} --help`;
  return new UsageError(`${message}${near}\n  \`${help}\` shows what can be said`);
}

/** An option without its value, `-o ""`, and one that is given twice and has one value. */
function checkValues(
  argv: Readonly<Record<string, unknown>>, given: readonly string[], lists: readonly string[],
): void {
  const empty = given.find((word, at) => word.startsWith('-') && word !== '--append'
    && (given[at + 1] === '' || /^--[\w-]+=$/.test(word)));
  if (empty !== undefined) {
    throw new UsageError(`a value is missing behind ${empty.replace(/=$/, '')}`);
  }
  const twice = Object.keys(argv).find((name) =>
    name.length > 1 && Array.isArray(argv[name]) && !lists.includes(name));
  if (twice !== undefined) throw new UsageError(`--${twice} is given twice, expected it once`);
}

/** No word of a command line has it: one behind `--` that is no option, whatever it begins with. */
const BEHIND = '\0';

/** yargs leaves words behind `--` to the command; ours are as those before it. */
function withoutDashes(words: readonly string[]): readonly string[] {
  const at = words[0] === asksForWords ? -1 : words.indexOf('--');
  return at < 0 ? words
    : [...words.slice(0, at), ...words.slice(at + 1).map((word) => `${BEHIND}${word}`)];
}

function asGiven(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asGiven);
  return typeof value === 'string' && value.startsWith(BEHIND) ? value.slice(1) : value;
}

/** Completion loads policies and versions; no other command line should wait for them. */
const completions: FallbackCompletionFunction = (current, args, filter, done) => {
  void import('./completion.js').then((module) =>
    module.completions(current, args, filter, done));
};

/** The parser with the given commands; `columns` is the width of its help. */
export async function parser(given: readonly string[], columns: number): Promise<Argv> {
  const program = yargs([...withoutDashes(given)])
    .scriptName('mmreplay')
    .locale('en')
    .usage('$0 <command>\n\nReplays recorded memory hotplug traces on a model of the Linux mm, ' +
      'once for each proposed patch, and reports where the outcomes part, and why.')
    .epilogue('Exit status: 0 nothing differs, 1 something differs, 2 trouble.')
    .strict()
    .demandCommand(1, 'a command is missing')
    .help('help').alias('h', 'help')
    .version(versionText()).alias('V', 'version')
    .completion(completionCommand, 'Print a completion script for bash, zsh or fish', completions)
    .wrap(columns)
    .parserConfiguration({ 'dot-notation': false, 'parse-positional-numbers': false })
    .exitProcess(false)
    .fail((message, error) => {
      if (error !== undefined && error.name !== 'YError') throw error;
      const { key } = (program as unknown as { getOptions(): { key: object } }).getOptions();
      throw wrongUsage(message, given, Object.keys(key));
    });
  program.middleware((argv) => {
    for (const [name, value] of Object.entries(argv)) argv[name] = asGiven(value);
  }, true);
  program.check((argv) => {
    const { array } = (program as unknown as { getOptions(): { array: string[] } }).getOptions();
    checkValues(argv, given, array);
    return true;
  }, true);
  for (const command of await commandsFor(given)) program.command(command);
  return program;
}

/** A reader that has seen enough (`| head`) is no error; a full disk is trouble. */
function endWithStdout(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(CUT_SHORT);
    process.stderr.write(`error: standard output: ${reasonOf(error)}\n`);
    process.exit(2);
  });
}

/** What was thrown where nobody waits for it is trouble, and no difference (Node's status is 1). */
function endWithErrors(given: readonly string[]): void {
  const end = (error: unknown): void => {
    tell(errorText(error, given));
    process.exit(2);
  };
  process.on('unhandledRejection', end).on('uncaughtException', end);
}

/** Nothing at all is a question for help, and so are `help` and `help COMMAND`. */
function asHelp(words: readonly string[]): readonly string[] {
  if (words.length === 0) return ['--help'];
  return words[0] === 'help' ? [...words.slice(1, 2), '--help'] : words;
}

/** Runs one command line; sets the exit status. */
export async function main(given: readonly string[]): Promise<void> {
  endWithStdout();
  endWithErrors(given);
  const columns = Math.min(100, process.stdout.columns ?? 80);
  try {
    // yargs has no word for it.
    const words = given.map((word) => (word === '-' ? '/dev/stdin' : word));
    const program = await parser(asHelp(words), columns);
    await program.parseAsync();
  } catch (error) {
    tell(errorText(error, given));
    process.exitCode = 2;
  }
}
