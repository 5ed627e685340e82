/**
 * Looks for what the program cannot bear.
 *
 * `npm run fuzz -- [--seed N] [--first K] [--cases M] [--seconds S] [--replays K] [--keep DIR]`:
 * damaged inputs of every kind, read (one in K: replayed; 1: all of them); exit status 1 when
 * something was found. A case that takes more than 10 s, ends its process or fills 1 GB is a
 * finding, and the next case goes on. The first of each kind is made as small as it can be.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { printable } from '../base/printable.js';
import { scriptWords } from '../base/script_words.js';
import { inputOf, writeInput, type CaseNumber } from './inputs.js';
import { reduced } from './reduce.js';
import { Runner } from './runner.js';

const SHOWN = 3;
/** How often, and for how many ms, an input is tried with a part left out. */
const TRIES = 400;
const TRYING = 60_000;
/** Cases that a process is asked for at once; each message takes as long as some cases. */
const AT_ONCE = 50;

const { values } = scriptWords({
  usage: `npm run fuzz -- [--seed N] [--first K] [--cases M] [--seconds S] [--replays R] [--keep D]
  --seed N      the same cases again; default: another one each time
  --first K     the number of the first case (0)
  --cases M     how many (100000)
  --seconds S   end after so many; 0: after the last case
  --replays R   one case in R is replayed (20), the others are read
  --keep D      folder for what is found
A signal ends it with the figures so far. Exit status: 1 when something was found.`,
  numbers: ['seed', 'first', 'cases', 'seconds', 'replays'],
  options: {
    seed: { type: 'string' }, first: { type: 'string', default: '0' },
    cases: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: '0' }, replays: { type: 'string', default: '20' },
    keep: { type: 'string' },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const replays = Math.max(1, Number(values.replays));
const begin = Number(values.first);
const last = begin + Number(values.cases) - 1;
const until = Number(values.seconds) > 0 ? Date.now() + Number(values.seconds) * 1000 : Infinity;
// Most of a case's time would be the disk's.
const memory = '/dev/shm';
const folder = mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), 'mmreplay-fuzz-'));
const runner = new Runner();

/** By kind of finding: how often, and the first cases. */
const found = new Map<string, number[]>();
const ran = new Map<string, number>();

/** Two findings of one kind differ in numbers only. */
const kindOf = (finding: string): string => finding.replace(/\d+/g, 'N').slice(0, 160);

/** The input in `path`, as small as it can be, in its place. */
async function reduce(path: string, kind: string, finding: string): Promise<void> {
  const end = Date.now() + TRYING;
  let tries = 0;
  const small = await reduced(readFileSync(path), async (content) => {
    tries += 1;
    if (tries > TRIES || Date.now() > Math.min(end, until)) return false;
    writeFileSync(path, content);
    const again = await runner.run({ path, kind, folder });
    return again.finding !== undefined && kindOf(again.finding) === kindOf(finding);
  });
  writeFileSync(path, small);
}

/** A finding is kept with its input, and beside that what it was made smaller to. */
async function keep(one: CaseNumber, finding: string): Promise<void> {
  const cases = found.get(kindOf(finding)) ?? [];
  found.set(kindOf(finding), [...cases, one.number]);
  if (cases.length >= SHOWN) return;
  process.stdout.write(`case ${one.number}: ${printable(finding)}\n`);
  if (values.keep === undefined) return;
  const target = join(values.keep, `${seed}-${one.number}`);
  mkdirSync(target, { recursive: true });
  const input = inputOf(one);
  writeInput(target, input);
  writeFileSync(join(target, 'finding.txt'), `${finding}\n`);
  if (cases.length > 0 || !input.files.has('')) return;
  const name = `small-${input.name}`;
  await reduce(writeInput(target, { ...input, name }), input.kind, finding);
}

function count(kinds: Readonly<Record<string, number>>): void {
  for (const [kind, times] of Object.entries(kinds)) ran.set(kind, (ran.get(kind) ?? 0) + times);
}

let isOver = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    isOver = true;
  });
}
try {
  for (let next = begin; next <= last && Date.now() < until && !isOver;) {
    const cases = { seed, first: next, last: Math.min(next + AT_ONCE - 1, last), replays };
    const { kinds, finding, number } = await runner.run({ folder, ...cases });
    count(kinds);
    next = number + 1;
    if (finding !== undefined) {
      await keep({ seed, number, replay: number % replays === 0 }, finding);
    }
  }
} finally {
  runner.stop();
  rmSync(folder, { recursive: true, force: true });
}
const all = [...ran.values()].reduce((total, times) => total + times, 0);
const whole = ran.get('replay') ?? 0;
const kinds = [...ran].map(([kind, times]) => `${kind} ${times}`).join(', ');
process.stdout.write(`seed ${seed}: ${all - whole} read, ${whole} replayed (${kinds}); `
  + `${found.size} kinds of findings\n`);
for (const [kind, cases] of found) {
  process.stdout.write(
    `  ${cases.length} x ${printable(kind)}\n    cases ${cases.slice(0, 5).join(' ')}\n`);
}
process.exitCode = found.size > 0 ? 1 : 0;
