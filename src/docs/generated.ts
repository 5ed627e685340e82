/** Every file, or part of one, that is made from the code; `npm run docs` rewrites them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandNames, loadCommand } from '../cli/program/commands.js';
import { readCounts, readKernels } from '../drift/digests.js';
import { loadPolicies } from '../patch/catalogue.js';
import { versions } from '../linux/history/versions.js';
import { conflictsOf, questionOf } from '../patch/conflicts.js';
import type { Patch } from '../patch/define.js';
import { versionWithout } from '../patch/released.js';
import { eventsMarkdown } from '../trace/events_doc.js';
import { answers } from './answers.js';
import { changesTable } from './changes_table.js';
import { heldTable } from './held_table.js';
import { importTable, topOfSrc } from './import_table.js';
import { raceTable } from './race_table.js';
import { readTags } from './kernel_tags.js';
import type { NamedTag } from './kernel_tags.js';
import { textsTable } from './texts_table.js';
import { markdownTable, withPart } from '../base/markers.js';

/** Which file of the tree gets which text. */
export interface GeneratedFile {
  /** Path below the root. */
  readonly path: string;
  readonly text: string;
}

/** Model functions by kernel file: how much of each is here, and what is left out. */
function fidelityTable(tags: readonly NamedTag[]): string {
  const count = (fidelity: string): number =>
    tags.filter((tag) => tag.fidelity === fidelity).length;
  const sorted = [...tags].sort((a, b) =>
    (a.kernelFile === b.kernelFile ? 0 : a.kernelFile < b.kernelFile ? -1 : 1) ||
    (a.name < b.name ? -1 : 1));
  const rows = sorted.map((tag) => [
    tag.kernelFile, `\`${tag.name}\``, tag.file.replace('src/linux/', ''), tag.version,
    tag.fidelity, tag.why,
  ]);
  return `${tags.length} functions: ${count('full')} full, ${count('reduced')} reduced, ` +
    `${count('stub')} stub, ${count('custom')} custom.\n\n` +
    markdownTable(
      ['kernel file', 'function', 'in src/linux', 'read in', 'fidelity', 'left out or different'],
      rows);
}

/** Kernels whose digests ship: which functions of the model were read in them. */
function readTable(): string {
  const names = (all: readonly string[]): string => all.map((name) => `\`${name}\``).join(', ');
  const counts = [...readCounts(readKernels())].reverse();
  const [newest] = counts;
  return markdownTable(
    ['kernel', 'functions it has', 'read in it', 'same text as read', 'another text',
      'read in a version not here'],
    counts.map((one) => [one.version, String(one.has), String(one.readHere),
      String(one.sameText), String(one.otherText.length), String(one.unknown.length)])) +
    `\nRead in an older version, another text in ${newest?.version ?? ''}: ${
      names(newest?.otherText ?? []) || 'none'}.\n`;
}

/** A `link` as Markdown: a message id leads to the archive, a commit to the kernel's tree. */
function linkText(link: string): string {
  return link.startsWith('http') ? `<${link}>` : `\`${link}\``;
}

/** What the policy is on this version: there already, or something that can be replayed on it. */
function standing(version: string, patch: Patch): string {
  if (versionWithout(patch.released, version) !== undefined) return 'has it';
  const [conflict] = conflictsOf(version, [patch]);
  return conflict === undefined ? 'applies' : `cannot stand: ${conflict}`;
}

/** All policies, a table for each question. */
async function policyCatalogue(): Promise<string> {
  const policies = await loadPolicies();
  const newest = versions[0]?.id ?? '';
  const questions = [...new Set(policies.map((patch) => questionOf(patch.id)))];
  return questions.map((question) => {
    const rows = policies
      .filter((patch) => questionOf(patch.id) === question)
      .map((patch) => [
        `\`${patch.id}\``, patch.subject, patch.author, patch.base, patch.released ?? 'never',
        standing(newest, patch), linkText(patch.link),
      ]);
    return `### [${question}](${question}/README.md)\n\n` +
      markdownTable(
        ['id', 'subject', 'author', 'base', 'released in', newest, 'link'], rows);
  }).join('\n');
}

/** The commands with their sentences. */
async function commandTable(): Promise<string> {
  const rows: string[][] = [];
  for (const name of commandNames()) {
    const { command, describe } = await loadCommand(name);
    rows.push([`\`mmreplay ${String(command)}\``, String(describe)]);
  }
  return markdownTable(['command', 'what it does'], rows);
}

/** Folders and files of src, what they are and what they may import. */
function importTableText(root: string): string {
  const here = [...topOfSrc, ...importTable]
    .filter(({ folder }) => existsSync(join(root, 'src', folder)));
  const rows = here.map(({ folder, doc, may }) => [
    `\`${folder.endsWith('.ts') ? folder : `${folder}/`}\``, doc,
    may === 'anything' ? 'anything' : may.map((name) => `\`${name}\``).join(', ') || 'nothing',
  ]);
  return `${markdownTable(['', 'what it is', 'may import'], rows)}\n` +
    'A policy imports `mmreplay` only.\n';
}

/** Every generated file as it should be; `root` is the top of the tree. */
export async function generatedFiles(root: string): Promise<readonly GeneratedFile[]> {
  const { tags } = readTags(root);
  const partsOf = (path: string, parts: Readonly<Record<string, string>>): GeneratedFile => {
    const now = readFileSync(join(root, path), 'utf8');
    const text = Object.entries(parts)
      .reduce((before, [name, part]) => withPart(before, name, part), now);
    return { path, text };
  };
  return [
    partsOf('src/README.md', { imports: importTableText(root) }),
    partsOf('src/versions.md', { changes: changesTable() }),
    partsOf('src/fidelity.md', { fidelity: fidelityTable(tags), read: readTable(),
      texts: textsTable(tags) }),
    partsOf('policies/README.md', { catalogue: await policyCatalogue() }),
    partsOf('policies/offline_pcp/README.md', { race: await raceTable() }),
    partsOf('traces/README.md', { events: eventsMarkdown() }),
    partsOf('traces/recordings/README.md', { held: heldTable(root) }),
    partsOf('README.md', { commands: await commandTable() }),
    partsOf('policies/ANSWERS.md', { answers: await answers(root) }),
  ];
}
