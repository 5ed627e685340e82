/**
 * Looks for what the program cannot bear.
 *
 * `npm run fuzz -- [--seed N] [--first K] [--cases M] [--seconds S] [--replays K] [--keep DIR]`:
 * damaged inputs
 * of every kind, read (one in K: replayed); exit status 1 when something was found. A case that
 * takes more than 10 s, ends its process or fills 1 GB is a finding, and the next case goes on.
 */
import { fork } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Told } from './worker.js';

/** How long a case may take, in ms. */
const LONGEST = 10_000;
const HEAP_MB = 900;
const SHOWN = 3;

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

/** By kind of finding: how often, and the first cases. */
const found = new Map<string, number[]>();
const ran = new Map<string, number>();

function keep(number: number, finding: string, copies = true): void {
  const kind = finding.replace(/\d+/g, 'N').slice(0, 160);
  const cases = found.get(kind) ?? [];
  found.set(kind, [...cases, number]);
  if (cases.length >= SHOWN) return;
  process.stdout.write(`case ${number}: ${finding}\n`);
  if (values.keep === undefined || !copies) return;
  const target = join(values.keep, `${seed}-${number}`);
  mkdirSync(target, { recursive: true });
  cpSync(folder, target, { recursive: true });
}

/** Runs cases from `first` on in a process; where to go on. */
function chunk(first: number): Promise<number> {
  const child = fork(fileURLToPath(new URL('worker.js', import.meta.url)),
    [folder, String(seed), String(first), String(last), values.replays, values.keep ?? ''],
    { execArgv: [`--max-old-space-size=${HEAP_MB}`], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let [at, since, isHang, words] = [first, Date.now(), false, ''];
  child.stderr?.on('data', (text: Buffer) => { words = `${words}${text}`.slice(-2000); });
  const clock = setInterval(() => {
    isHang = Date.now() - since > LONGEST;
    if (isHang || Date.now() > until) child.kill('SIGKILL');
  }, 500);
  child.on('message', (told: Told) => {
    if (told.finding !== undefined) return keep(told.at, told.finding, false);
    [at, since] = [told.at, Date.now()];
    const kind = told.kind ?? '';
    ran.set(kind, (ran.get(kind) ?? 0) + 1);
  });
  return new Promise((resolve) => {
    child.once('close', (code, signal) => {
      clearInterval(clock);
      if (isHang) keep(at, 'hang: more than 10 s');
      else if (Date.now() > until || code === 0) return resolve(last + 1);
      else {
        const why = /heap out of memory/.test(words) ? 'memory above 1 GB' : words.trim();
        keep(at, `ended with ${signal ?? code}: ${why.split('\n')[0]}`);
      }
      resolve(at + 1);
    });
  });
}

try {
  for (let next = begin; next <= last && Date.now() < until;) next = await chunk(next);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const sum = [...ran.values()].reduce((total, count) => total + count, 0);
const kinds = [...ran].map(([kind, count]) => `${kind} ${count}`).join(', ');
process.stdout.write(`seed ${seed}: ${sum} cases (${kinds}); ${found.size} kinds of findings\n`);
for (const [kind, cases] of found) {
  process.stdout.write(`  ${cases.length} x ${kind}\n    cases ${cases.slice(0, 5).join(' ')}\n`);
}
process.exitCode = found.size > 0 ? 1 : 0;
