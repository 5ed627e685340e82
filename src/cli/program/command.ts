/**
 * A command of the program: one file of src/cli, named as the command, whose default export is a
 * yargs CommandModule. The file is found by its place; nothing else lists it.
 */
import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';

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

/** A command with typed options, whose result is the exit status. */
export function defineCommand<Options>(command: Command<Options>): CommandModule<object, Options> {
  return {
    command: command.usage,
    describe: command.doc,
    builder: (yargs) => command.options(yargs as Argv),
    handler: async (args) => {
      process.exitCode = await command.run(args);
    },
  };
}
