/**
 * `npm run find:pairs [QUESTION]`: which pairs of shipped policies `find` tells apart without a
 * look at the traces that do, as a table in PAIRS.md. Minutes for each question.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../base/package_root.js';
import { scriptWords } from '../../base/script_words.js';
import { writeFileWhole } from '../../base/write_file.js';
import { withPart } from '../../base/markers.js';
import { loadInvariants } from '../../observe/invariant.js';
import { loadProbes } from '../../observe/probe.js';
import { stepsOf } from '../case.js';
import { find } from '../find.js';
import { shippedPairs, type ShippedPairs } from './shipped.js';
import { emptyMarkdown, questionMarkdown, type QuestionPairs } from './table.js';
import { pairKey, standing, tournament, type Told } from './tournament.js';

const SEED = 1;
const STEPS = 12;
/** Cases that all policies of a question are given together. */
const CASES = 128;
/** What `find` is given for a pair that is left: one that a trace tells apart, and another. */
const OWN_CASES = 2048;
const OTHER_CASES = 256;
const OWN_SECONDS = 120;

const tell = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

/** A search of its own for a pair. */
async function ownSearch(pair: string, cases: number): Promise<Told | undefined> {
  const [one = '', other = ''] = pair.split(' ');
  const { small, searched } = await find({
    series: [one, other], base: undefined, from: [], steps: STEPS, seed: SEED, jobs: undefined,
    time_ms: OWN_SECONDS * 1000, cases });
  const [first] = small;
  tell(`  ${pair}: ${first === undefined ? `nothing in ${searched.cases}` : 'found'}`);
  if (first === undefined) return undefined;
  return {
    one, other, case: first.from.index + 1, kind: first.case.kind, found: first.found,
    steps: stepsOf(first.case),
  };
}

async function ofQuestion(shipped: ShippedPairs): Promise<QuestionPairs> {
  const { names, versions, pairs: known, question } = shipped;
  const begin = process.cpuUsage();
  const instruments = { probes: await loadProbes(), invariants: await loadInvariants() };
  const all = names.flatMap((one, at) => names.slice(at + 1).map((other) => pairKey(one, other)));
  const left = new Set(all);
  const told = new Map<string, Told>();
  for (const version of versions) {
    const series = await standing(names, version);
    tell(`${question} on ${version}: ${series.length} policies, ${left.size} pairs`);
    const found = tournament(version, series, left, {
      seed: SEED, cases: CASES, steps: STEPS, instruments,
      tell: (index, open) => {
        if (index % 16 === 0) tell(`  ${index} cases, ${open} pairs are left`);
      },
    });
    for (const [pair, one] of found) {
      told.set(pair, one);
      left.delete(pair);
    }
  }
  const own: string[] = [];
  for (const pair of [...left].sort()) {
    const found = await ownSearch(pair, known.has(pair) ? OWN_CASES : OTHER_CASES);
    if (found === undefined) continue;
    told.set(pair, found);
    own.push(pair);
  }
  const { user, system } = process.cpuUsage(begin);
  return { question, known, all, told, own, cpu_s: Math.round((user + system) / 1e6) };
}

const path = join(packageRoot(), 'src/find/PAIRS.md');
const all = shippedPairs();
const { words: [only] } = scriptWords({
  usage: `npm run find:pairs -- [QUESTION]\n  the table in ${path} is made anew, in minutes`,
  most: 1, choices: { 0: all.map(({ question }) => question) } });
for (const shipped of all) {
  if (only !== undefined && shipped.question !== only) continue;
  const part = questionMarkdown(await ofQuestion(shipped));
  const text = existsSync(path) ? readFileSync(path, 'utf8')
    : emptyMarkdown(all.map(({ question }) => question));
  writeFileWhole(path, withPart(text, shipped.question, part));
}
