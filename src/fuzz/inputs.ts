/** The inputs of the cases: the project's own ones, damaged. A case is its seed's alone. */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { packageRoot } from '../base/package_root.js';
import { Random } from '../base/random.js';
import { changeBuffer, changeJson, changeMail, changeText } from './mutate.js';
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

/** Texts of seeds, read once. */
const texts = new Map<string, string>();

function textOf(path: string): string {
  const known = texts.get(path);
  if (known !== undefined) return known;
  const text = contentOf(path).toString('utf8');
  texts.set(path, text);
  return text;
}

function seedText(random: Random, folder: string, wanted: RegExp): string {
  const path = random.pick(seeds(folder, wanted));
  return path === undefined ? '' : textOf(path);
}

/** Lines that a part keeps from the begin, and from where it was cut out. */
const HEAD = 24;
const WINDOW = 40;
/** One text in so many is read whole, when it has no more bytes than this. */
const WHOLE = 200;
const MOST_WHOLE = 300_000;

/**
 * The begin of a text and some lines of it, where it is long: time goes by the bytes, and what the
 * readers do goes by the kinds of lines.
 */
function partOf(random: Random, text: string): string {
  if (text.length < 4000 || (random.oneIn(WHOLE) && text.length < MOST_WHOLE)) return text;
  const lines = text.split('\n');
  const begin = random.between(HEAD, Math.max(HEAD, lines.length - 1));
  return [...lines.slice(0, HEAD), ...lines.slice(begin, begin + random.between(1, WINDOW))]
    .join('\n');
}

/** One packed file in so many stays packed. */
const PACKED = 8;

/** A part of a file of a recording, and its name. */
function partOfFile(random: Random, folder: string, name: string): [name: string, part: Buffer] {
  const text = textOf(join(folder, name));
  if (name === 'info.json') return [name, Buffer.from(text)];
  const part = Buffer.from(partOf(random, text));
  return name.endsWith('.gz') && random.oneIn(PACKED)
    ? [name, gzipSync(part, { level: 1 })] : [name.replace(/\.gz$/, ''), part];
}

function seedPart(random: Random, folder: string, wanted: RegExp): string {
  return partOf(random, seedText(random, folder, wanted));
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
    .filter((name) => !random.oneIn(4) || name === 'info.json')
    .map((name) => partOfFile(random, folder, name)));
  for (let left = random.between(1, 2); left > 0; left -= 1) {
    const name = random.pick([...files.keys()].filter((one) => !one.endsWith('.gz')));
    // All that can be read as text was left out.
    if (name === undefined) break;
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

/** A mail as the lists have it, of a policy's own words: subject, author, a function of a file. */
function mailOf(subject: string, fn: string, was: string, now: string): string {
  return `From 1234567890 Thu Apr  7 14:06:37 2022
From: =?UTF-8?Q?J=C3=BCrgen?= Example <je@example.org>
Date: Thu, 7 Apr 2022 14:06:37 +0200
Message-ID: <20220407120637.9035-1@example.org>
Subject: [PATCH v2 1/2] ${subject}
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Why, in a sentence. Fixes: 0123456789ab ("mm: before")
Link: https://lore.kernel.org/r/20220407@example.org

---
 mm/page_alloc.c | 2 +-

diff --git a/mm/page_alloc.c b/mm/page_alloc.c
index bdc8f60ae462..3d0662af3289 100644
--- a/mm/page_alloc.c
+++ b/mm/page_alloc.c
@@ -6131,7 +6131,7 @@ static int ${fn}(pg_data_t *pgdat, struct zoneref *zonerefs)
 \tdo {
 \t\tzone_type--;
-\t\tif (${was}(zone)) {
+\t\tif (${now}(zone)) {
 \t\t\tzone++;
-- 
2.34.1
`;
}

/** Mails to begin with. */
const mails = [
  () => mailOf('mm, page_alloc: fix it', 'build_zonerefs_node', 'managed_zone', 'populated_zone'),
  () => mailOf('mm: more', 'try_offline_node', 'node_size', 'no_such_function'),
  () => mailOf('mm: a', 'offline_pages', 'x', 'y').repeat(2),
] as const;

const makers: readonly (readonly [share: number, make: (random: Random) => Input])[] = [
  [8, (random) => single('csv', 't.csv', changeText(random, seedPart(random, 'traces', /\.csv$/)))],
  [6, scenario],
  [4, (random) => single('ftrace', 't.txt',
    changeText(random, seedPart(random, 'traces', /(samples\/ftrace\/.*|trace)\.txt$/)))],
  [3, (random) => single('perf', 'p.txt',
    changeText(random, seedPart(random, 'traces/samples', /perf.*\.txt$/)))],
  [3, (random) => single('dmesg', 'd.txt',
    changeText(random, seedPart(random, 'traces', /dmesg.*\.txt$/)))],
  [2, (random) => ({ kind: 'recording', name: 'r', files: recordingFiles(random) })],
  [1, archive],
  [3, (random) => single('mail', 'm.mbox', changeMail(random, random.pick(mails)()))],
];

/** One policy in so many cases: each is read by the compiler, which takes a second. */
const POLICIES = 20_000;

/** A damaged input for the readers. */
function readerInput(random: Random): Input {
  if (random.oneIn(POLICIES)) {
    return single('policy', 'p.ts', changeText(random, seedText(random, 'policies', /\.ts$/)));
  }
  let at = random.between(1, makers.reduce((sum, [share]) => sum + share, 0));
  for (const [share, make] of makers) {
    at -= share;
    if (at <= 0) return make(random);
  }
  return scenario(random);
}

/** A trace of single pages takes ten times as long as one of calls: it comes a third as often. */
const LARGE = 8000;
const LARGE_ONE_IN = 3;

function replayedSeed(random: Random): string {
  for (;;) {
    const path = random.pick(seeds('traces', /trace\.csv$/)) ?? '';
    if (textOf(path).length < LARGE || random.oneIn(LARGE_ONE_IN)) return path;
  }
}

/** One that is to be replayed: a trace or a scenario. */
function replayInput(random: Random): Input {
  if (random.oneIn(3)) return scenario(random);
  const path = replayedSeed(random);
  return single('replay', 't.csv', changeText(random, textOf(path)));
}

/** A case is its seed and its number: whoever lost it makes it again. */
export interface CaseNumber {
  readonly seed: number;
  readonly number: number;
  readonly replay: boolean;
}

export function inputOf({ seed, number, replay }: CaseNumber): Input {
  const random = new Random(seed * 1_000_003 + number);
  return replay ? { ...replayInput(random), kind: 'replay' } : readerInput(random);
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
