/** A process that runs the cases it is asked for, one after the other. */
import { join } from 'node:path';
import { Random } from '../base/random.js';
import { checkMail, checkPolicy, checkReading, checkReplay, type Finding } from './checks.js';
import { readerInput, replayInput, writeInput } from './inputs.js';

/** Bytes that a case may leave the process with. */
const MOST_MEMORY = 2 ** 30;

/** A case by its number, or an input that is there. */
export type Asked = { readonly folder: string } & (
  | { readonly seed: number; readonly number: number; readonly replay: boolean }
  | { readonly path: string; readonly kind: string });

/** What came of a case: its kind, the name of its input in the folder, what is wrong. */
export interface Told {
  readonly kind?: string;
  readonly name?: string;
  readonly finding?: string;
  /** It only begins. */
  readonly begins?: boolean;
}

const checks: Readonly<Record<string, (path: string, folder: string) => Promise<Finding>>> = {
  replay: checkReplay, mail: checkMail, policy: checkPolicy,
};

async function check(path: string, kind: string, folder: string): Promise<Finding> {
  const finding = await (checks[kind]?.(path, folder) ?? checkReading(path, kind, folder));
  return finding ?? (process.memoryUsage.rss() > MOST_MEMORY ? 'memory above 1 GB' : undefined);
}

async function answer(asked: Asked): Promise<Told> {
  const { folder } = asked;
  if ('path' in asked) {
    const finding = await check(asked.path, asked.kind, folder);
    return finding === undefined ? {} : { finding };
  }
  const random = new Random(asked.seed * 1_000_003 + asked.number);
  const input = asked.replay ? replayInput(random) : readerInput(random);
  const path = writeInput(folder, input);
  const kind = asked.replay ? 'replay' : input.kind;
  // Told in time, for whoever comes to know that there was no end.
  process.send?.({ kind, name: input.name, begins: true });
  const finding = await check(path, kind, join(folder, 'work'));
  return { kind, name: input.name, ...(finding === undefined ? {} : { finding }) };
}

process.on('message', (asked: Asked) => {
  void answer(asked).then((told) => process.send?.(told));
});
