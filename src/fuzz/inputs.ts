/** The inputs of the cases: the project's own ones, damaged. A case is its seed's alone. */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { packageRoot } from '../base/package_root.js';
import type { Random } from '../base/random.js';
import { changeBuffer, changeJson, changeText } from './mutate.js';
import { tarOf } from './tar_writer.js';

/** Larger files take too long for a case. */
const LARGEST = 400_000;

/** Files of an input by name; a single file has the name ''. */
export type Files = ReadonlyMap<string, Buffer>;

export interface Input {
  readonly kind: string;
  readonly files: Files;
  /** How a single file is called. */
  readonly name: string;
}

function filesBelow(folder: string, wanted: RegExp): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
    .map((name) => join(folder, name))
    .filter((path) => wanted.test(path) && statSync(path).isFile());
}

function contentOf(path: string): Buffer {
  const bytes = readFileSync(path);
  return path.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

const once = new Map<string, readonly string[]>();

/** Paths of the small ones, found once. */
function seeds(folder: string, wanted: RegExp): readonly string[] {
  const key = `${folder} ${wanted.source}`;
  const known = once.get(key);
  if (known !== undefined) return known;
  const found = filesBelow(join(packageRoot(), folder), wanted)
    .filter((path) => statSync(path).size < LARGEST);
  once.set(key, found);
  return found;
}

function seedText(random: Random, folder: string, wanted: RegExp): string {
  const path = random.pick(seeds(folder, wanted));
  return path === undefined ? '' : contentOf(path).toString('utf8');
}

function single(kind: string, name: string, content: string | Buffer): Input {
  return { kind, name, files: new Map([['', Buffer.from(content)]]) };
}

function scenario(random: Random): Input {
  const text = seedText(random, 'traces/scenarios', /\.json$/);
  if (random.oneIn(3)) return single('scenario', 's.json', changeText(random, text));
  let value: unknown = JSON.parse(text);
  for (let left = random.between(1, 3); left > 0; left -= 1) value = changeJson(random, value);
  return single('scenario', 's.json', JSON.stringify(value, undefined, 1));
}

/** The files of a recording, one or two of them damaged. */
function recordingFiles(random: Random): Map<string, Buffer> {
  const info = random.pick(seeds('traces/recordings', /info\.json$/)) ?? '';
  const folder = info.slice(0, -'info.json'.length);
  const files = new Map(readdirSync(folder)
    .filter((name) => statSync(join(folder, name)).size < LARGEST)
    .map((name) => [name, readFileSync(join(folder, name))]));
  for (let left = random.between(1, 2); left > 0; left -= 1) {
    const name = random.pick([...files.keys()].filter((one) => !one.endsWith('.gz'))) ?? '';
    const text = (files.get(name) ?? '').toString();
    const changed = name === 'info.json' && !random.oneIn(4)
      ? JSON.stringify(changeJson(random, parsed(text))) : changeText(random, text);
    files.set(name, Buffer.from(changed));
    if (random.oneIn(20)) files.delete(name);
  }
  return files;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function archive(random: Random): Input {
  const files = recordingFiles(random);
  let bytes = tarOf([...files].map(([name, content]) => [`r/${name}`, content]));
  if (random.oneIn(2)) bytes = changeBuffer(random, bytes);
  let packed: Buffer = gzipSync(bytes, { level: 1 });
  if (random.oneIn(3)) packed = changeBuffer(random, packed);
  return single('archive', 'r.tar.gz', packed);
}

const makers: readonly (readonly [share: number, make: (random: Random) => Input])[] = [
  [6, (random) => single('csv', 't.csv', changeText(random, seedText(random, 'traces', /\.csv$/)))],
  [4, scenario],
  [3, (random) => single('ftrace', 't.txt',
    changeText(random, seedText(random, 'traces', /(samples\/ftrace\/.*|trace)\.txt$/)))],
  [2, (random) => single('perf', 'p.txt',
    changeText(random, seedText(random, 'traces/samples', /perf.*\.txt$/)))],
  [2, (random) => single('dmesg', 'd.txt',
    changeText(random, seedText(random, 'traces', /dmesg.*\.txt$/)))],
  [3, (random) => ({ kind: 'recording', name: 'r', files: recordingFiles(random) })],
  [1, archive],
];

/** A damaged input for the readers. */
export function readerInput(random: Random): Input {
  let at = random.between(1, makers.reduce((sum, [share]) => sum + share, 0));
  for (const [share, make] of makers) {
    at -= share;
    if (at <= 0) return make(random);
  }
  return scenario(random);
}

/** One that is to be replayed: a trace or a scenario. */
export function replayInput(random: Random): Input {
  if (random.oneIn(3)) return scenario(random);
  const path = random.pick(seeds('traces', /trace\.csv$/)) ?? '';
  return single('replay', 't.csv', changeText(random, contentOf(path).toString('utf8')));
}

/** Writes it below `folder`; the path that a user would name. */
export function writeInput(folder: string, { files, name }: Input): string {
  const path = join(folder, name);
  rmSync(path, { recursive: true, force: true });
  mkdirSync(files.has('') ? folder : path, { recursive: true });
  for (const [file, content] of files) {
    writeFileSync(file === '' ? path : join(path, file), content);
  }
  return path;
}
