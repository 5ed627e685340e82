/** What was found as files: a scenario or a trace, with a drawing and what is expected. */
import { join } from 'node:path';
import { stringify } from 'yaml';
import { shellPath, shellWord } from '../base/words.js';
import { wrap } from '../base/wrap.js';
import { writeFileWhole } from '../base/write_file.js';
import { questionOf } from '../patch/conflicts.js';
import type { Scenario } from '../trace/scenario/scenario.js';
import type { TraceHeader } from '../trace/trace.js';
import { csvPieces } from '../trace/write_csv.js';
import { TraceBuilder } from '../trace/build.js';
import { releaseOf, traceOfCase, type Case, type RowsCase } from './case.js';
import { reasonText, type Found } from './difference.js';
import { drawing } from './drawing.js';

export interface Told {
  readonly name: string;
  readonly case: Case;
  readonly found: Found;
  readonly version: string;
  /** Names of the sides. */
  readonly sides: readonly string[];
  /** The same as -p has to be given them. */
  readonly given: readonly string[];
}

const WIDTH = 96;

/** One sentence, of the findings themselves. */
export function expectText({ found, sides, version }: Told): string {
  const [one = '', other] = sides;
  const [left, right] = found.texts;
  const order = found.schedule === undefined ? '' : `, in the order ${found.schedule}`;
  if (other === undefined) return `on ${version}${order}, \`${one}\`: ${left}.`;
  return `on ${version}${order}, \`${one}\`: ${left}; \`${other}\`: ${right}.`;
}

const folded = (text: string): readonly string[] => wrap(text.replaceAll(/\s+/g, ' '), WIDTH);

/** The one question that all policies are of. */
function questionIn(sides: readonly string[]): string | undefined {
  const all = new Set(sides.flatMap((side) => side.split('+')).filter((id) => id !== 'base')
    .map(questionOf));
  const [only] = all;
  return all.size === 1 && only !== '' ? only : undefined;
}

/** What a scenario file says when it is left out. */
const leftOut: Readonly<Partial<Scenario>> = {
  cmdline: '', level: 'hotplug', snapshots: 'each', timeout_s: 120, buffer_kb: 1024,
};

function machineFields({ machine }: Scenario): object {
  const { nodes, distances, virtio_mem, ...rest } = machine;
  return {
    ...rest, ...(nodes.length > 0 ? { nodes } : {}),
    ...(distances.length > 0 ? { distances } : {}),
    ...(virtio_mem.length > 0 ? { virtio_mem } : {}),
  };
}

/** A scenario file, that `run` replays and `record` boots. */
function scenarioText(told: Told, scenario: Scenario, picture: readonly string[]): string {
  const question = questionIn(told.sides);
  const {
    name: _, note: __, machine: ___, steps, kernel: ____, config, expects, ...rest
  } = scenario;
  const others = Object.entries(rest).filter(([key, value]) =>
    leftOut[key as keyof Scenario] !== value);
  const file = {
    name: told.name, note: reasonText(told.found.reason), machine: machineFields(scenario),
    kernel: releaseOf(told.version), ...(question === undefined ? {} : { question }),
    ...(Object.keys(config).length > 0 ? { config } : {}), ...Object.fromEntries(others), steps,
    ...(expects.length > 0 ? { expects } : {}),
  };
  const comment = [...picture, '', ...folded(`Expect: ${expectText(told)}`)]
    .map((line) => `# ${line}`.trimEnd());
  const yaml = stringify(file, { lineWidth: WIDTH, flowCollectionPadding: false });
  return `${comment.join('\n')}\n${yaml}`;
}

/** A trace file. */
function traceText(told: Told, one: RowsCase): Buffer {
  const question = questionIn(told.sides);
  const builder = new TraceBuilder();
  for (const row of one.rows) builder.append(row);
  const header: Partial<TraceHeader> = {
    ...one.header, kernel: releaseOf(told.version), config: one.config,
    ...(question === undefined ? {} : { question }),
    other: [
      ...(one.header.other ?? []).filter(([key]) => key !== 'note'),
      ['note', reasonText(told.found.reason)],
    ],
  };
  return Buffer.concat([...csvPieces(builder.finish(header))]);
}

/** The file's text, with the name that it has in its folder. */
export function caseFile(told: Told): { readonly name: string; readonly text: Buffer } {
  const trace = traceOfCase(told.case, told.version);
  const picture = trace === undefined ? [] : drawing(trace);
  return told.case.kind === 'rows' ? { name: 'trace.csv', text: traceText(told, told.case) }
    : { name: 'scenario.yaml',
      text: Buffer.from(scenarioText(told, told.case.scenario, picture)) };
}

/** `-p A -p B --config DEBUG_VM=y`, as `run` needs it behind the path. */
export function runArguments({ given, version, case: one, found }: Told): string {
  const config = one.kind === 'rows' ? [] : Object.entries(one.config);
  return [...given.map((side) => `-p ${shellWord(side)}`), `--base ${version}`,
    ...config.map(([key, value]) => `--config ${key}=${value}`),
    ...(found.schedule === undefined ? [] : [`--schedule ${found.schedule}`])].join(' ');
}

function readmeText(told: Told, path: string): string {
  const trace = traceOfCase(told.case, told.version);
  return [
    `# ${told.name}: ${reasonText(told.found.reason)}`, '',
    '```', ...(trace === undefined ? [] : drawing(trace)), '```', '',
    ...folded(`Expect: ${expectText(told)}`), '',
    '```sh', `mmreplay run ${shellPath(path)} ${runArguments(told)}`, '```', '',
  ].join('\n');
}

/** Writes the case and its README into a folder of its own; the path of the case. */
export function writeCase(told: Told, folder: string): string {
  const { name, text } = caseFile(told);
  const path = join(folder, told.name, name);
  writeFileWhole(path, [text]);
  writeFileWhole(join(folder, told.name, 'README.md'), readmeText(told, path));
  return path;
}
