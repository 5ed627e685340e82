/**
 * `npm run find:mutants [FOLDER]`: mistakes that were put in by hand, one policy a file, each held
 * against the kernel without it; how many does `find` catch?
 */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { packageRoot } from '../../base/package_root.js';
import { scriptWords } from '../../base/script_words.js';
import { writeFileWhole } from '../../base/write_file.js';
import { stepsOf } from '../case.js';
import { reasonText } from '../difference.js';
import { gravityText } from '../gravity.js';
import { find } from '../find.js';
import { classOf } from './table.js';

const SECONDS = 60;
const CASES = 2048;

async function rowOf(path: string): Promise<{ readonly cells: string; readonly caught: boolean }> {
  const { small: [first] } = await find({
    series: ['base', path], base: undefined, from: [], steps: 12, seed: 1, jobs: undefined,
    time_ms: SECONDS * 1000, cases: CASES });
  const name = basename(path, '.ts');
  if (first === undefined) return { cells: `| ${name} | not caught | | | |`, caught: false };
  const { found, case: one, from } = first;
  return { caught: true, cells: `| ${name} | ${classOf(from.index + 1)} | ` +
    `${gravityText(found.gravity)} | ${reasonText(found.reason)} | ${stepsOf(one)} |` };
}

const { words: [given] } = scriptWords({ most: 1, usage: `npm run find:mutants -- [FOLDER]
  FOLDER   of policies; without it the shipped mistakes, into src/find/MUTANTS.md` });
const folder = given ?? join(packageRoot(), 'test/find/mutants');
const rows: string[] = [];
let caught = 0;
for (const file of readdirSync(folder).filter((name) => name.endsWith('.ts')).sort()) {
  const row = await rowOf(join(folder, file));
  rows.push(row.cells);
  if (row.caught) caught += 1;
  process.stderr.write(`${row.cells}\n`);
}
const text = [
  '# Mistakes that `find` catches', '',
  'Made by `npm run find:mutants`: each file of `test/find/mutants` is a kernel function with a',
  `mistake put in by hand; \`find -p base -p FILE\`, seed 1, up to ${SECONDS} s on 2 cores.`, '',
  `${caught} of ${rows.length} are caught.`, '',
  '| mistake | in cases | gravest | reason | steps |', '| --- | --- | --- | --- | --- |',
  ...rows, '',
].join('\n');
if (given === undefined) writeFileWhole(join(packageRoot(), 'src/find/MUTANTS.md'), text);
else process.stdout.write(text);
