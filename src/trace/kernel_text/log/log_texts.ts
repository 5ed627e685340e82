/**
 * Kernel logs inside of another format, as the lines that dmesg prints: JSON of dmesg and of the
 * journal, the journal's export, mails whose lines were broken for the way, web pages. Every line
 * keeps its number, but of a page that has no lines.
 */
import { isPage, pageText } from './page_text.js';

const SECOND_US = 1e6;

/** A line as dmesg prints it. */
function stamped(micros: number, text: string): string {
  const seconds = Math.floor(micros / SECOND_US);
  const rest = String(Math.floor(micros % SECOND_US)).padStart(6, '0');
  return `[${String(seconds).padStart(5)}.${rest}] ${text.replaceAll('\n', ' ')}`;
}

const newlines = (text: string): string => text.replace(/[^\n]+/g, '');

const record = new RegExp(String.raw`"time":\s*([\d.]+)\s*,\s*(?:"caller":\s*"[^"]*"\s*,\s*)?`
  + String.raw`"msg":\s*("(?:[^"\\]|\\.)*")`, 'g');

/** `dmesg --json`: an object for each line, time before text. */
function ofDmesg(json: string): string {
  let text = '';
  let end = 0;
  for (const found of json.matchAll(record)) {
    const [, time = '0', quoted = '""'] = found;
    const msg = String(parsed(quoted) ?? '');
    text += `${newlines(json.slice(end, found.index + found[0].length)) || '\n'}`
      + stamped(Math.round(Number(time) * SECOND_US), msg);
    end = found.index + found[0].length;
  }
  return text;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** An entry of the journal: what the kernel printed, or nothing where another program did. */
function ofEntry(entry: ReadonlyMap<string, unknown>): string {
  const isKernel = entry.get('_TRANSPORT') === 'kernel'
    || entry.get('SYSLOG_IDENTIFIER') === 'kernel';
  const message = entry.get('MESSAGE');
  if (!isKernel || message === undefined) return '';
  const text = Array.isArray(message)
    ? Buffer.from(message.map(Number)).toString('utf8') : String(message);
  const micros = Number(entry.get('_SOURCE_MONOTONIC_TIMESTAMP')
    ?? entry.get('__MONOTONIC_TIMESTAMP') ?? 0);
  return stamped(Number.isFinite(micros) && micros > 0 ? micros : 0, text);
}

/** `journalctl -o json`: an object in each line. */
function ofJournal(json: string): string {
  return json.split('\n').map((line) => {
    const value = parsed(line);
    return typeof value === 'object' && value !== null
      ? ofEntry(new Map(Object.entries(value))) : '';
  }).join('\n');
}

/** Fields in which collectors of logs keep a line: of containers, of Loki, Vector, Fluent Bit. */
const kept = ['log', 'message', 'msg', 'line'] as const;

/** An object in each line, of a collector: what it kept is the line. */
function ofCollector(json: string): string {
  return json.split('\n').map((line) => {
    const value = parsed(line);
    const entry = new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
    const field = kept.find((name) => typeof entry.get(name) === 'string');
    return field === undefined ? '' : String(entry.get(field)).trimEnd().replaceAll('\n', ' ');
  }).join('\n');
}

/** `journalctl -o export`: `FIELD=value` lines, entries apart by an empty line. */
function ofExport(text: string): string {
  const lines = text.split('\n');
  const told = lines.map(() => '');
  let entry = new Map<string, unknown>();
  let at = 0;
  for (const [index, line] of [...lines, ''].entries()) {
    if (line === '') {
      if (entry.has('MESSAGE')) told[at] = ofEntry(entry);
      entry = new Map();
      continue;
    }
    const equals = line.indexOf('=');
    if (equals > 0) entry.set(line.slice(0, equals), line.slice(equals + 1));
    if (line.startsWith('MESSAGE=')) at = index;
  }
  return told.join('\n');
}

const collected = new RegExp(`"(?:${kept.join('|')})":\\s*"[^\\n]*\\}\\s*$`, 'm');

const printableOnly = /^content-transfer-encoding:[ \t]*quoted-printable[ \t\r]*$/im;

/** A mail whose lines were broken at 76 signs: `=` at the end of a line, `=3D` for signs. */
function ofMail(text: string, from: number): string {
  let broken = 0;
  const lines: string[] = [];
  for (const line of text.slice(from).split('\n')) {
    const whole = line.replace(/\r$/, '');
    const isBroken = whole.endsWith('=');
    const part = (isBroken ? whole.slice(0, -1) : whole).replace(/=([0-9A-F]{2})/g,
      (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));
    lines.push(`${broken > 0 ? lines.pop() ?? '' : ''}${part}`);
    if (isBroken) broken += 1;
    else if (broken > 0) {
      for (; broken > 0; broken -= 1) lines.push('');
    }
  }
  return text.slice(0, from) + lines.join('\n');
}

/** The log in a text of any of these formats; the text itself where it is of none. */
export function logText(text: string): string {
  if (isPage(text)) return pageText(text);
  const head = text.slice(0, 2000);
  if (/^\s*\{\s*"dmesg"\s*:/.test(head)) return ofDmesg(text);
  if (/^\{"/.test(head) && head.includes('"MESSAGE"')) return ofJournal(text);
  if (/^\{"/.test(head) && collected.test(head)) return ofCollector(text);
  if (/^__CURSOR=/.test(head) && /^__REALTIME_TIMESTAMP=/m.test(head)) return ofExport(text);
  const mail = printableOnly.exec(text);
  return mail === null ? text : ofMail(text, mail.index + mail[0].length);
}
