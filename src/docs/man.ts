/** Writes the man page, `dist/mmreplay.1`, of what `--help` says; a part of `npm pack`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../base/package_root.js';
import { versionText } from '../base/program_version.js';
import { commandNames } from '../cli/program/commands.js';
import { parser } from '../cli/program/program.js';

/** Columns that fit a page of 80 with the indent of its text. */
const COLUMNS = 72;

/** A text as it is: no word of it is a request to roff, whatever it begins with. */
function verbatim(text: string): string {
  const lines = text.trimEnd().split('\n').map((line) =>
    `\\&${line.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll("'", '\\(aq')}`);
  return `.nf\n${lines.join('\n')}\n.fi\n`;
}

async function helpOf(...words: readonly string[]): Promise<string> {
  const program = await parser(words, COLUMNS);
  let help = '';
  await program.parseAsync([...words, '--help'], {}, (_error, _args, output) => {
    help = output;
  });
  return help;
}

/** The page: the program, then a section for each command. */
async function manPage(): Promise<string> {
  const [, version = ''] = /^mmreplay (\S+?),/.exec(versionText()) ?? [];
  const sections = [`.TH MMREPLAY 1 "" "mmreplay ${version}"\n.SH NAME\n` +
    'mmreplay \\- replay recorded memory hotplug traces on a model of the Linux mm\n' +
    `.SH SYNOPSIS\n${verbatim(await helpOf())}`];
  for (const name of commandNames()) {
    sections.push(`.SH ${name.toUpperCase()}\n${verbatim(await helpOf(name))}`);
  }
  return sections.join('');
}

writeFileSync(join(packageRoot(), 'dist/mmreplay.1'), await manPage());
