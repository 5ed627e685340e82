/** What the documents tell to type is what the program and package.json know. */
import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import yargs from 'yargs';
import { packageRoot } from '../../src/base/package_root.js';
import { commandNames, loadCommand } from '../../src/cli/program/commands.js';

const root = packageRoot();
const documents = execFileSync('git', ['ls-files', '*.md', '.ci/*', 'src/batch/nightly/*'],
  { cwd: root, encoding: 'utf8' }).trim().split('\n')
  .filter((path) => !/^traces\/(recordings|imported)\//.test(path));

interface Told {
  readonly path: string;
  readonly line: number;
  readonly words: readonly string[];
}

/** Each `mmreplay NAME ...` and `npm run NAME ...` of a document, with lines that go on joined. */
function toldIn(path: string): Told[] {
  const text = readFileSync(join(root, path), 'utf8').replace(/\\\n/g, '  ');
  return text.split('\n').flatMap((content, at) =>
    [...content.matchAll(/(?:^|[`$(]|\bnpx|^ *)\s*((?:mmreplay|npm run) [^`|;>)#]+)/g)]
      .map(([, command = '']): Told => (
        { path, line: at + 1, words: command.trim().split(/\s+/) })));
}

const told = documents.flatMap(toldIn);

/** `-p` and `--policy` of a command, with what --no- turns off. */
async function optionsOf(name: string): Promise<ReadonlySet<string>> {
  const { builder } = await loadCommand(name);
  const made = (builder as unknown as (yargs: object) => { getOptions(): Record<string, object> })(
    yargs([]));
  const { key = {}, alias = {} } = made.getOptions();
  const names = [...Object.keys(key), ...Object.entries(alias).flat(2).map(String),
    'help', 'version'];
  return new Set(names.flatMap((one) =>
    (one.length === 1 ? [`-${one}`] : [`--${one}`, `--no-${one}`])));
}

/** `README.md:7: run --polcy`, of each that the program would refuse; and the commands told. */
export async function wrongCommands(): Promise<{ wrong: string[]; told: string[] }> {
  const wrong: string[] = [];
  const known = new Map<string, ReadonlySet<string>>();
  const commands = told.filter(({ words: [first] }) => first === 'mmreplay');
  for (const { path, line, words: [, name = '', ...words] } of commands) {
    if (!/^[a-z]+$/.test(name) || ['help', 'completion'].includes(name)) continue;
    if (!commandNames().includes(name)) {
      wrong.push(`${path}:${line}: mmreplay ${name}`);
      continue;
    }
    const options = known.get(name) ?? await optionsOf(name);
    known.set(name, options);
    const unknown = words.filter((word) => {
      const option = /^--?[a-zA-Z][\w-]*/.exec(word)?.[0];
      return option !== undefined && !options.has(option);
    });
    wrong.push(...unknown.map((word) => `${path}:${line}: ${name} ${word}`));
  }
  return { wrong, told: [...known.keys()].sort() };
}

/** The same of `npm run NAME`, and scripts that are told nowhere. */
export function wrongScripts(): { wrong: string[]; untold: string[] } {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string> };
  const names = told.flatMap(({ path, line, words: [first, , name = ''] }) =>
    (first === 'npm' && /^[a-z:-]+$/.test(name) ? [{ at: `${path}:${line}`, name }] : []));
  const ofNpm = /^(clean|start|test|build:page|pre.*)$/;
  return {
    wrong: names.filter(({ name }) => scripts[name] === undefined)
      .map(({ at, name }) => `${at}: ${name}`),
    untold: Object.keys(scripts)
      .filter((name) => !ofNpm.test(name) && !names.some((one) => one.name === name)),
  };
}
