import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { otherNames } from '../base/kernel_names.js';
import { packageRoot } from '../base/package_root.js';
import { functionTags } from '../linux/function_tag.js';
import { newestConfig, versions } from '../linux/history/versions.js';
import { loadInvariants } from '../observe/invariant.js';
import { loadProbes } from '../observe/probe.js';
import { loadPolicies, questions, variantsOf } from '../patch/catalogue.js';
import { loadReports } from '../report/report.js';
import { eventTypes } from '../trace/events.js';
import { importers } from '../trace/importers.js';
import { observed } from '../trace/observed.js';
import { defineCommand } from './program/command.js';
import { print } from './program/deliver.js';

/** A row: its cells are the columns, the last one is free text. */
type Row = readonly string[];

/** A plug-in as a row. */
function plugin({ id, doc }: { readonly id: string; readonly doc: string }): Row {
  return [id, doc];
}

/** The first heading of the README of a shipped trace. */
function titleOf(folder: string): string {
  const readme = join(folder, 'README.md');
  if (!existsSync(readme)) return '';
  return /^# (.*)$/m.exec(readFileSync(readme, 'utf8'))?.[1] ?? '';
}

function tracesBelow(folder: string, prefix: string): readonly Row[] {
  const entries = readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry): readonly Row[] => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return tracesBelow(path, `${prefix}${entry.name}/`);
    if (!/\.csv(\.gz)?$/.test(entry.name)) return [];
    return [[prefix + entry.name, titleOf(folder)]];
  });
}

const kinds = {
  policies: async () => (await loadPolicies())
    .map((patch) => [patch.id, patch.base, patch.released ?? 'never', patch.subject]),
  events: () => Object.entries(eventTypes).map(([name, type]) => [name, type.role, type.doc]),
  versions: () => versions.map(({ id, released, doc }) => [id, released, doc]),
  questions: () => questions().map((id) => [id, `${variantsOf(id).length} policies`]),
  switches: () => Object.entries(newestConfig).map(([name, value]) => [name, String(value)]),
  functions: () => Object.entries(functionTags())
    .map(([name, tag]) => [name, tag.kernelFile, tag.version, tag.fidelity,
      [...otherNames(name), tag.why].filter((one) => one !== '').join('; ')]),
  invariants: async () => (await loadInvariants())
    .map(({ id, broken = '', doc }) => [id, broken, doc]),
  probes: async () => (await loadProbes()).map(plugin),
  observed: () => observed.map(({ subject, words, doc }) =>
    [subject, words.map((word) => `.${word}`).join(' '), doc]),
  importers: async () => (await importers()).map(plugin),
  reports: async () => (await loadReports()).map(plugin),
  traces: () => {
    const folder = join(packageRoot(), 'traces');
    return existsSync(folder) ? tracesBelow(folder, 'traces/') : [];
  },
} as const satisfies Record<string, () => readonly Row[] | Promise<readonly Row[]>>;

type Kind = keyof typeof kinds;
const kindNames = Object.keys(kinds) as readonly Kind[];

/** Columns as wide as their widest cell; the last one as it comes. */
function aligned(rows: readonly Row[]): string {
  const widths = (rows[0] ?? []).map((_cell, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) => {
    const cells = row.map((cell, column) =>
      (column < row.length - 1 ? cell.padEnd(widths[column] ?? 0) : cell));
    return `${cells.join('  ').trimEnd()}\n`;
  }).join('');
}

export default defineCommand<{ readonly what: Kind; readonly json: boolean }>({
  usage: 'list [what]',
  doc: 'List what there is, one a line',
  options: (yargs) => yargs
    .positional('what', { choices: kindNames, default: 'policies' as const,
      describe: 'What to list' })
    .option('json', { type: 'boolean', default: false, describe: 'An array of rows, as JSON' }),
  run: async ({ what, json }) => {
    const rows = await kinds[what]();
    await print(json ? `${JSON.stringify(rows, undefined, 1)}\n` : aligned(rows));
    return 0;
  },
});
