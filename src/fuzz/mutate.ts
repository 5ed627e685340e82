/** Damage, as disks, editors and attackers do it: to bytes, lines, cells and JSON values. */
import type { Random } from '../base/random.js';

/** Cells and values that programs stumble over. */
const nasty: readonly string[] = [
  '', '0', '-1', '1', '10', '11', '63', '64', '255', '1024', '8192', '65536', '2147483647',
  '2147483648', '4294967296', '-2147483648', '1099511627775', '1099511627776', '9007199254740991',
  '9007199254740992', '1e15', '1e308', '18446744073709551615', '0x', '0xffffffffff', '0xg', 'NaN',
  'Infinity', 'null', '__proto__', 'constructor', '"', '""', '\u2028', '\u202e', '\u001b[31m',
  '\u0000', '\ud800', '\ufeff', 'a'.repeat(3000), ' '.repeat(3000), '%s', '../../x', '-o', '=', ',',
  'x=y', 'start=0x0 end=0xffffffffffffffff', 'Movable', 'Device', 'B', 'E',
];

/** Numbers of rows, as they are said of memory: what fits nearly. */
const nearly = ['0x8000', '32768', '0x100000', '262144', '512', '1', '0x7fff', '0x40000000'];

/** One of the list, which is not empty. */
function one<T>(random: Random, list: readonly T[]): T {
  return random.pick(list) as T;
}

function anyValue(random: Random): string {
  if (random.oneIn(3)) return one(random, nearly);
  if (random.oneIn(4)) return String(random.next() * (random.oneIn(2) ? 1 : 65536));
  return one(random, nasty);
}

/** Cuts `text` at separators, changes one part, and joins it again. */
function changePart(random: Random, text: string, separator: string): string {
  const parts = text.split(separator);
  parts[random.between(0, parts.length - 1)] = anyValue(random);
  return parts.join(separator);
}

function changeBytes(random: Random, text: string): string {
  const at = random.between(0, text.length);
  const length = random.between(0, random.oneIn(4) ? 200 : 3);
  const put = random.oneIn(2) ? anyValue(random) : String.fromCharCode(random.between(0, 255));
  return text.slice(0, at) + put + text.slice(at + length);
}

function changeNumber(random: Random, text: string): string {
  const numbers = [...text.matchAll(/\d+/g)];
  const found = random.pick(numbers);
  if (found === undefined) return changeBytes(random, text);
  return text.slice(0, found.index) + anyValue(random) + text.slice(found.index + found[0].length);
}

/** One line is damaged, lost, doubled, moved, or taken from elsewhere. */
function changeLines(random: Random, lines: string[]): void {
  const at = random.between(0, Math.max(0, lines.length - 1));
  const line = lines[at] ?? '';
  const kind = random.between(0, 8);
  if (kind === 0) lines.splice(at, 1);
  else if (kind === 1) lines.splice(at, 0, ...new Array<string>(random.between(1, 5)).fill(line));
  else if (kind === 2) lines.splice(at, 0, one(random, lines));
  else if (kind === 3) lines.splice(at, random.between(1, 1 + lines.length / 4));
  else if (kind === 4) lines[at] = changeBytes(random, line);
  else if (kind === 5) lines[at] = changeNumber(random, line);
  else lines[at] = changePart(random, line, random.oneIn(3) ? ' ' : line.includes(',') ? ',' : ' ');
}

/** The text with some damage. */
export function changeText(random: Random, text: string): string {
  if (random.oneIn(12)) return text.slice(0, random.between(0, text.length));
  if (random.oneIn(12)) return changeBytes(random, text);
  const lines = text.split('\n');
  for (let left = random.between(1, 4); left > 0; left -= 1) changeLines(random, lines);
  return lines.join(random.oneIn(40) ? '\r\n' : '\n');
}

type Json = unknown;

function anyJson(random: Random): Json {
  const kind = random.between(0, 7);
  if (kind === 0) return null;
  if (kind === 1) return [];
  if (kind === 2) return {};
  if (kind === 3) return random.oneIn(2);
  if (kind === 4) return [anyValue(random), { [anyValue(random)]: 1 }];
  if (kind === 5) return Number(one(random, nearly));
  const text = anyValue(random);
  const number = Number(text);
  return random.oneIn(2) && !Number.isNaN(number) ? number : text;
}

/** Puts another value at one place of a JSON value. */
export function changeJson(random: Random, value: Json): Json {
  if (typeof value !== 'object' || value === null || random.oneIn(10)) return anyJson(random);
  if (Array.isArray(value)) {
    const list = [...value as Json[]];
    const at = random.between(0, Math.max(0, list.length - 1));
    if (random.oneIn(8)) list.splice(at, 1);
    else if (random.oneIn(8)) list.splice(at, 0, list[at]);
    else list[at] = changeJson(random, list[at]);
    return list;
  }
  const object = { ...value as Record<string, Json> };
  const key = random.pick(Object.keys(object));
  if (key === undefined || random.oneIn(15)) object[anyValue(random)] = anyJson(random);
  else if (random.oneIn(10)) delete object[key];
  else object[key] = changeJson(random, object[key]);
  return object;
}

/** Some bytes are others, or missing. */
export function changeBuffer(random: Random, bytes: Buffer): Buffer {
  if (random.oneIn(3)) return bytes.subarray(0, random.between(0, bytes.length));
  const changed = Buffer.from(bytes);
  for (let left = random.between(1, 8); left > 0 && changed.length > 0; left -= 1) {
    changed[random.between(0, changed.length - 1)] = random.between(0, 255);
  }
  return changed;
}

/** Texts that want out: of a comment, of quotes, of a template, of a path, of an encoded word. */
const escapes: readonly string[] = [
  '*/', "'", '"', '`', '${x()}', '\\', "\\'", '\u2028x();', '\u2029x();', '\rx();', '\u0085x();',
  '//', '/*', "', x(), '", '}); x();', '../../../x', '/etc/passwd', '-o', '=?utf-8?q?=0Ax()?=',
  '=E2=80=A8x();', '=0D=0Ax();', '\u202e', '__proto__', 'constructor', '@@ -1,1 +1,1 @@ x(',
  '<!--', '-->', '#!', 'import(\'node:fs\')', '\n\nFrom x 2022\nSubject: y\n', '\u0000', '\ufeff',
];

/** A mail, or one of its lines, with something that wants out of where it stands. */
export function changeMail(random: Random, mail: string): string {
  let text = mail;
  for (let left = random.between(1, 3); left > 0; left -= 1) {
    const lines = text.split('\n');
    const at = random.between(0, lines.length - 1);
    const line = lines[at] ?? '';
    const word = random.between(0, line.length);
    lines[at] = line.slice(0, word) + one(random, escapes) + line.slice(word);
    text = lines.join('\n');
  }
  return random.oneIn(2) ? changeText(random, text) : text;
}
