/**
 * `npm run fuzz:policies -- [--seed N] [--cases M]`: small mistakes in shipped policies, each run
 * on a trace on which the policy as it is differs from the kernel without it. A mistake is refused,
 * or makes a difference, or the report says why nothing can be told; exit status 1 when one is as
 * the base and nothing says why.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../base/package_root.js';
import { findTraces } from '../cli/program/find_traces.js';
import { heldOf, type Held } from './policy_edits_held.js';
import { editKinds, editOf, type Edit } from './policy_edits.js';
import { Random } from '../base/random.js';
import { scriptWords } from '../base/script_words.js';
import { compileAll } from '../patch/check/types.js';
import { policyFiles } from '../patch/catalogue.js';
import { questionOf } from '../patch/conflicts.js';

const { values } = scriptWords({
  usage: 'npm run fuzz:policies -- [--seed N] [--cases M]', numbers: ['seed', 'cases'], options: {
  seed: { type: 'string', default: '1' }, cases: { type: 'string', default: '200' } } });
const random = new Random(Number(values.seed));
const cases = Number(values.cases);
const folder = mkdtempSync(join(tmpdir(), 'mmreplay-edits-'));

/** Traces of the question, in order of their names. */
function tracesOf(id: string): readonly string[] {
  const root = join(packageRoot(), 'traces');
  return findTraces(readdirSync(root).filter((name) => name.startsWith(`${questionOf(id)}-`))
    .sort().map((name) => join(root, name)));
}

interface Case {
  readonly id: string;
  readonly path: string;
  readonly edit: Edit;
}

/** The first trace on which the policy differs from the base. */
const differing = new Map<string, string | undefined>();

async function traceFor(id: string): Promise<string | undefined> {
  if (differing.has(id)) return differing.get(id);
  let found: string | undefined;
  for (const trace of tracesOf(id).slice(0, 8)) {
    if ((await heldOf(trace, id)).what !== 'differs') continue;
    found = trace;
    break;
  }
  differing.set(id, found);
  return found;
}

const files = policyFiles().map(({ id }) => ({ id,
  text: readFileSync(join(packageRoot(), 'policies', `${id}.ts`), 'utf8') }));
const list: Case[] = [];
while (list.length < cases) {
  const { id, text } = random.pick(files) as typeof files[number];
  const kind = random.pick(editKinds) as typeof editKinds[number];
  const edit = editOf(text, kind, random);
  if (edit === undefined || await traceFor(id) === undefined) continue;
  const path = join(folder, `${list.length}`, `${id.replaceAll('/', '_')}.ts`);
  mkdirSync(join(folder, `${list.length}`));
  writeFileSync(path, edit.text);
  list.push({ id, path, edit });
}
compileAll(list.map(({ path }) => path));
const counts = new Map<string, number>();
const silent: string[] = [];
for (const { id, path, edit } of list) {
  const held: Held = await heldOf(differing.get(id) ?? '', path);
  const cell = `${edit.kind}\t${held.what}`;
  counts.set(cell, (counts.get(cell) ?? 0) + 1);
  process.stdout.write(`${id}\t${edit.kind}\t${edit.told}\t${held.what}\t${held.why}\n`);
  if (held.what === 'silent') silent.push(`${id}: ${edit.told}`);
}
const whats = ['refused', 'stopped', 'differs', 'told', 'silent'] as const;
process.stdout.write(['', `| mistake | ${whats.join(' | ')} |`,
  `| --- |${' --- |'.repeat(whats.length)}`,
  ...editKinds.map((kind) => `| ${kind} | ${whats.map((what) =>
    counts.get(`${kind}\t${what}`) ?? 0).join(' | ')} |`), '', ...silent, ''].join('\n'));
rmSync(folder, { recursive: true });
process.exitCode = silent.length === 0 ? 0 : 1;
