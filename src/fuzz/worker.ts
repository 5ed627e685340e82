/** A process that runs cases one after the other: `worker FOLDER SEED FIRST LAST REPLAYS KEEP`. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '../base/random.js';
import { checkReading, checkReplay, type Finding } from './checks.js';
import { readerInput, replayInput, writeInput } from './inputs.js';

/** Bytes that a case may leave the process with. */
const MOST_MEMORY = 2 ** 30;

/** What a worker tells: the case that begins, and what was found in it. */
export interface Told {
  readonly at: number;
  readonly kind?: string;
  readonly finding?: string;
}

const [folder = '', seed = '0', first = '0', last = '0', every = '20', keep = ''] =
  process.argv.slice(2);
const tell = (told: Told): void => void process.send?.(told);

async function runCase(number: number): Promise<void> {
  const random = new Random(Number(seed) * 1_000_003 + number);
  const replays = number % Number(every) === 0;
  const input = replays ? replayInput(random) : readerInput(random);
  const path = writeInput(folder, input);
  tell({ at: number, kind: replays ? 'replay' : input.kind });
  let finding: Finding = replays ? await checkReplay(path)
    : await checkReading(path, input, folder);
  if (process.memoryUsage.rss() > MOST_MEMORY) finding ??= 'memory above 1 GB';
  if (finding === undefined) return;
  tell({ at: number, finding });
  if (keep !== '') cpSync(path, join(keep, `${seed}-${number}`, input.name), { recursive: true });
}

for (let number = Number(first); number <= Number(last); number += 1) await runCase(number);
process.disconnect?.();
