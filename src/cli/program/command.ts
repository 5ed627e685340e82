/**
 * A command of the program: one file of src/cli, named as the command, that exports it by default.
 * The file is found by its place; nothing else lists it.
 */
import type { ArgumentsCamelCase, Argv } from 'yargs';

export interface Command<Options> {
  /** As yargs wants it, first word = file name: `run <trace..>`. */
  readonly usage: string;
  /** One sentence, as `mmreplay --help` shows it. */
  readonly doc: string;
  /** Options, positionals and examples. */
  readonly options: (yargs: Argv) => Argv<Options>;
  /**
   * Does it and returns the exit status, as diff(1): 0 same, 1 different, 2 trouble. What the user
   * did wrong is thrown: UsageError, TraceError, PatchError (printed as one message, status 2).
   */
  readonly run: (args: ArgumentsCamelCase<Options>) => number | Promise<number>;
}

/** Infers the type of the options from `options`, so that `run` gets them typed. */
export function defineCommand<Options>(command: Command<Options>): Command<Options> {
  return command;
}
