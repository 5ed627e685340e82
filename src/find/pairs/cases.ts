/**
 * `npm run find:cases [FOLDER]`: patches of the lists, each in a folder with a trace on which it
 * parts from its base; does `find` tell them apart without that trace, and does it find what was
 * wrong with the base without the patch?
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../base/package_root.js';
import { scriptWords } from '../../base/script_words.js';
import { writeFileWhole } from '../../base/write_file.js';
import { parseSeries } from '../../patch/series.js';
import { reasonText, type Found } from '../difference.js';
import { gravityText, isOutcome } from '../gravity.js';
import { foundInCase } from '../evaluate.js';
import { benchFor } from '../evaluator.js';
import { find, type FindResult } from '../find.js';
import { givenCase } from '../given.js';
import { classOf } from './table.js';

/** Cases for a patch against its base, and for a base alone. */
const CASES = 48;
const ALONE = 96;
const SECONDS = 300;

interface Patch {
  readonly path: string;
  /** `FOLDER/NAME`. */
  readonly name: string;
  readonly version: string;
  /** Faults and broken invariants that its base has on its traces, and it has not. */
  readonly mended: ReadonlySet<string>;
}

const keyOf = ({ reason }: Found): string => `${reason.kind} ${reason.id}`;

async function patchesIn(folder: string): Promise<readonly Patch[]> {
  const files = readdirSync(folder).sort();
  const traces = files.filter((file) => /\.(csv|yaml)$/.test(file));
  const found: Patch[] = [];
  for (const file of files.filter((name) => name.endsWith('.ts'))) {
    const path = join(folder, file);
    const { patches: [patch] } = await parseSeries(path);
    if (patch === undefined) continue;
    const { sides, instruments } = await benchFor({
      version: patch.base, series: ['base', path] });
    const mended = new Set<string>();
    for (const trace of traces) {
      const { case: given } = await givenCase(join(folder, trace));
      for (const one of foundInCase(given, sides, instruments)) {
        if (one.only === 0) mended.add(keyOf(one));
      }
    }
    found.push({ path, name: patch.id, version: patch.base, mended });
  }
  return found;
}

const search = (series: readonly string[], version: string, cases: number): Promise<FindResult> =>
  find({ series, base: version, from: [], steps: 12, seed: 1, jobs: undefined,
    time_ms: SECONDS * 1000, cases, small: 0 });

function apartCells({ searched: { found: [first] } }: FindResult): string {
  return first === undefined || !isOutcome(first.found) ? '| not told apart | |'
    : `| ${classOf(first.index + 1)} | ${gravityText(first.found.gravity)}: ` +
      `${reasonText(first.found.reason).replaceAll('|', '\\|')} |`;
}

const { words: [given] } = scriptWords({ most: 1, usage: `npm run find:cases -- [FOLDER]
  FOLDER   has a folder for each patch; without it test/patches/cases, into src/find/CASES.md` });
const root = given ?? join(packageRoot(), 'test/patches/cases');
const patches: Patch[] = [];
for (const name of readdirSync(root).sort()) patches.push(...await patchesIn(join(root, name)));
const alone = new Map<string, ReadonlySet<string>>();
const rows: string[] = [];
const count = { apart: 0, visible: 0, alone: 0 };
for (const { path, name, version, mended } of patches) {
  const apart = await search(['base', path], version, CASES);
  const base = alone.get(version) ?? new Set(mended.size === 0 ? []
    : (await search(['base'], version, ALONE)).searched.found.map(({ found }) => keyOf(found)));
  if (mended.size > 0) alone.set(version, base);
  const seen = [...mended].filter((key) => base.has(key)).sort();
  if (apart.searched.found.some(({ found }) => isOutcome(found))) count.apart += 1;
  if (mended.size > 0) count.visible += 1;
  if (seen.length > 0) count.alone += 1;
  const shown = mended.size === 0 ? 'nothing to see'
    : seen.length === 0 ? `no (${[...mended].sort().join(', ')})` : seen.join(', ');
  rows.push(`| ${name} | ${version} ${apartCells(apart)} ${shown.replaceAll('|', '\\|')} |`);
  process.stderr.write(`${rows.at(-1)}\n`);
}
const text = [
  '# Patches of the lists that `find` tells from their base', '',
  'Made by `npm run find:cases`: each folder of `test/patches/cases` is a patch as a policy and a',
  `trace on which it parts from its base. Without that trace, seed 1: ${CASES} cases of the patch`,
  `against its base, and ${ALONE} of the base alone. \`in cases\`: at most so many were tried.`,
  'What a base shows alone is a fault or a broken invariant that the patch mends on its trace;',
  'the same one need not come of the same mistake. Where a patch mends none there is nothing to',
  'see without it.', '',
  `Told apart: ${count.apart} of ${rows.length}. Seen on the base alone: ${count.alone} of ` +
    `${count.visible}.`, '',
  '| patch | base | in cases | what parts | on the base alone |',
  '| --- | --- | --- | --- | --- |', ...rows, '',
].join('\n');
if (given === undefined) writeFileWhole(join(packageRoot(), 'src/find/CASES.md'), text);
else process.stdout.write(text);
