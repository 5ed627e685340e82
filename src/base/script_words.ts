/** What stands behind the name of a script of `npm run`: checked before anything is done. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { printable } from './printable.js';
import { wholeNumber } from './whole_number.js';

export interface Script {
  /** One line, then what the words are. */
  readonly usage: string;
  readonly options?: ParseArgsConfig['options'];
  /** Options, and places of other words, that are whole numbers from 0 on. */
  readonly numbers?: readonly (string | number)[];
  /** By place of another word: what it may be. */
  readonly choices?: Readonly<Record<number, readonly string[]>>;
  /** How many other words there may be; 0 when left out. */
  readonly most?: number;
}

export interface ScriptWords {
  readonly values: Readonly<Record<string, string | undefined>>;
  readonly words: readonly string[];
}

/** Either what was said, or what to print and the exit status. */
export type Answer = ScriptWords | { readonly text: string; readonly status: 0 | 2 };

interface Parsed {
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  readonly positionals: readonly string[];
}

function checkWords({ most = 0, numbers = [], choices = {} }: Script, read: Parsed): void {
  const { values, positionals } = read;
  const extra = positionals[most];
  if (extra !== undefined) throw new TypeError(`nothing is expected at ${extra}`);
  for (const [at, known] of Object.entries(choices)) {
    const word = positionals[Number(at)];
    if (word === undefined || known.includes(word)) continue;
    throw new TypeError(`${word}: expected one of ${known.filter((one) => one !== '').join(', ')}`);
  }
  for (const which of numbers) {
    const value = typeof which === 'number' ? positionals[which] : values[which];
    if (value === undefined || wholeNumber(String(value)) !== undefined) continue;
    throw new TypeError(`${typeof which === 'number' ? '' : `--${which} `}${String(value)}: `
      + 'expected a whole number');
  }
}

/** Reads `given`: `--help` asks for the usage; what the script has no use for is wrong. */
export function readScriptWords(script: Script, given: readonly string[]): Answer {
  try {
    const config: ParseArgsConfig = {
      args: [...given], options: { ...script.options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true };
    const read = parseArgs(config) as Parsed;
    if (read.values.help === true) return { text: `usage: ${script.usage}\n`, status: 0 };
    checkWords(script, read);
    return { values: read.values as ScriptWords['values'], words: read.positionals };
  } catch (error) {
    // Node's own second sentence is about words that begin with a dash.
    const [message = ''] = (error as Error).message.split(/\. |\n/);
    const [usage = ''] = script.usage.split('\n');
    return { text: `error: ${printable(message)}; usage: ${usage}\n`, status: 2 };
  }
}

/** The same of this process, which ends where there is nothing to do. */
export function scriptWords(script: Script): ScriptWords {
  const answer = readScriptWords(script, process.argv.slice(2));
  if (!('text' in answer)) return answer;
  (answer.status === 0 ? process.stdout : process.stderr).write(answer.text);
  process.exit(answer.status);
}
