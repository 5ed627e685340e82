/** A process that runs the cases it is asked for, one after the other. */
import { existsSync } from 'node:fs';
import { checkMail, checkPolicy, checkReading, checkReplay, checkSource, type Finding }
  from './checks.js';
import { inputOf, writeInput, type Input } from './inputs.js';
import { heldSource } from '../trace/source.js';

/** Bytes that a case may leave the process with. */
const MOST_MEMORY = 2 ** 30;

/** Cases by their numbers, up to the first that finds something; or an input that is there. */
export type Asked = { readonly folder: string } & (Cases | Given);

export interface Cases {
  readonly seed: number;
  readonly first: number;
  readonly last: number;
  /** One in so many is replayed. */
  readonly replays: number;
}

interface Given {
  readonly path: string;
  readonly kind: string;
}

/** What came of it: how many of each kind ran, and what is wrong with the last one. */
export interface Told {
  readonly ran?: Readonly<Record<string, number>>;
  readonly finding?: Finding;
}

/** Sent before each case, for whoever comes to know that there was no end. */
export interface Begins {
  readonly begins: number;
  readonly kind: string;
}

const checks: Readonly<Record<string, (path: string) => Promise<Finding>>> = {
  replay: checkReplay, mail: checkMail, policy: checkPolicy,
};

/** Kinds whose readers open a file. */
const filed: ReadonlySet<string> = new Set(['recording', 'archive', ...Object.keys(checks)]);

async function checkFile(path: string, kind: string): Promise<Finding> {
  return await (checks[kind]?.(path) ?? checkReading(path, kind));
}

async function checkInput(input: Input, folder: string): Promise<Finding> {
  const { kind, files, name } = input;
  const bytes = files.get('');
  if (filed.has(kind) || bytes === undefined) return checkFile(writeInput(folder, input), kind);
  return checkSource(heldSource(name, bytes), kind);
}

function memory(): Finding {
  return process.memoryUsage.rss() > MOST_MEMORY ? 'memory above 1 GB' : undefined;
}

async function runCases(cases: Cases, folder: string): Promise<Told> {
  const { seed, replays } = cases;
  const ran: Record<string, number> = {};
  for (let number = cases.first; number <= cases.last; number += 1) {
    const input = inputOf({ seed, number, replay: number % replays === 0 });
    const { kind } = input;
    process.send?.({ begins: number, kind } satisfies Begins);
    const finding = await checkInput(input, folder) ?? memory();
    ran[kind] = (ran[kind] ?? 0) + 1;
    if (finding !== undefined) return { ran, finding };
  }
  return { ran };
}

async function answer(asked: Asked): Promise<Told> {
  if ('first' in asked) return runCases(asked, asked.folder);
  if (!existsSync(asked.path)) return {};
  return { finding: await checkFile(asked.path, asked.kind) ?? memory() };
}

process.on('message', (asked: Asked) => {
  void answer(asked).then((told) => process.send?.(told));
});
