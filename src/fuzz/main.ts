/**
 * Looks for what the program cannot bear.
 *
 * `npm run fuzz -- [--seed N] [--first K] [--cases M] [--seconds S] [--replays K] [--keep DIR]`:
 * damaged inputs of every kind, read (one in K: replayed; 1: all of them); exit status 1 when
 * something was found. A case that takes more than 10 s, ends its process or fills 1 GB is a
 * finding, and the next case goes on. The first of each kind is made as small as it can be.
 */
import {
  cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { printable } from '../base/printable.js';
import { reduced } from './reduce.js';
import { Runner } from './runner.js';
import type { Told } from './worker.js';

const SHOWN = 3;
/** How often, and for how many ms, an input is tried with a part left out. */
const TRIES = 400;
const TRYING = 60_000;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' }, first: { type: 'string', default: '0' },
    cases: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: '0' }, replays: { type: 'string', default: '20' },
    keep: { type: 'string' },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const begin = Number(values.first);
const last = begin + Number(values.cases) - 1;
const until = Number(values.seconds) > 0 ? Date.now() + Number(values.seconds) * 1000 : Infinity;
const folder = mkdtempSync(join(tmpdir(), 'mmreplay-fuzz-'));
const runner = new Runner();

/** By kind of finding: how often, and the first cases. */
const found = new Map<string, number[]>();
const ran = new Map<string, number>();

/** Two findings of one kind differ in numbers only. */
const kindOf = (finding: string): string => finding.replace(/\d+/g, 'N').slice(0, 160);

/** The input in `path`, as small as it can be, in its place. */
async function reduce(path: string, { kind = '', finding = '' }: Told): Promise<void> {
  const end = Date.now() + TRYING;
  let tries = 0;
  const small = await reduced(readFileSync(path), async (content) => {
    tries += 1;
    if (tries > TRIES || Date.now() > Math.min(end, until)) return false;
    writeFileSync(path, content);
    const again = await runner.run({ path, kind, folder: join(folder, 'work') });
    return again.finding !== undefined && kindOf(again.finding) === kindOf(finding);
  });
  writeFileSync(path, small);
}

/** Where a finding is kept: beside the input what it was made smaller to. */
async function keep(number: number, told: Told): Promise<void> {
  const { name = '', finding = '' } = told;
  const cases = found.get(kindOf(finding)) ?? [];
  found.set(kindOf(finding), [...cases, number]);
  if (cases.length >= SHOWN) return;
  process.stdout.write(`case ${number}: ${printable(finding)}\n`);
  if (values.keep === undefined) return;
  const target = join(values.keep, `${seed}-${number}`);
  mkdirSync(target, { recursive: true });
  cpSync(join(folder, name), join(target, name), { recursive: true });
  writeFileSync(join(target, 'finding.txt'), `${finding}\n`);
  if (cases.length > 0 || !statSync(join(folder, name)).isFile()) return;
  await reduce(join(folder, name), told);
  cpSync(join(folder, name), join(target, `small-${name}`));
}

try {
  for (let number = begin; number <= last && Date.now() < until; number += 1) {
    const replay = number % Number(values.replays) === 0;
    const told = await runner.run({ folder, seed, number, replay });
    ran.set(told.kind ?? '', (ran.get(told.kind ?? '') ?? 0) + 1);
    if (told.finding !== undefined) await keep(number, told);
  }
} finally {
  runner.stop();
  rmSync(folder, { recursive: true, force: true });
}
const sum = [...ran.values()].reduce((total, count) => total + count, 0);
const kinds = [...ran].map(([kind, count]) => `${kind} ${count}`).join(', ');
process.stdout.write(`seed ${seed}: ${sum} cases (${kinds}); ${found.size} kinds of findings\n`);
for (const [kind, cases] of found) {
  process.stdout.write(
    `  ${cases.length} x ${printable(kind)}\n    cases ${cases.slice(0, 5).join(' ')}\n`);
}
process.exitCode = found.size > 0 ? 1 : 0;
