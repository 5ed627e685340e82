/** A mailed patch (mbox, mail, `git format-patch`): who, what, when, which functions change. */
import { parsePatch } from 'diff';

/** A kernel function that the patch changes. */
export interface TouchedFunction {
  readonly name: string;
  /** Path in the kernel's tree. */
  readonly file: string;
  /** Calls that only got another name: `[was, now]`. */
  readonly renamedCalls: readonly (readonly [string, string])[];
  /** Nothing else was changed in it. */
  readonly onlyRenamed: boolean;
}

export interface MailedPatch {
  readonly subject: string;
  /** `Name, 2022-04-07`. */
  readonly author: string;
  readonly messageId: string | undefined;
  /** ISO day; undefined when the mail has no date that can be read. */
  readonly date: string | undefined;
  readonly touched: readonly TouchedFunction[];
  /** Patches in the file; only the first one with a diff is read. */
  readonly patches: number;
}

/** `=?UTF-8?q?J=C3=BCrgen?=` as text. */
function decodedWord(text: string): string {
  const joined = text.replaceAll(/\?=\s+=\?/g, '?==?');
  return joined.replaceAll(/=\?([\w-]+)\?([bq])\?([^?]*)\?=/gi, (_all, set, how, word) => {
    const bytes = String(how).toLowerCase() === 'b'
      ? Buffer.from(String(word), 'base64') : quotedPrintable(String(word).replaceAll('_', ' '));
    return new TextDecoder(String(set).toLowerCase() === 'iso-8859-1' ? 'latin1' : 'utf-8')
      .decode(bytes);
  });
}

function quotedPrintable(text: string): Buffer {
  const joined = text.replaceAll(/=\r?\n/g, '');
  const parts: Buffer[] = [];
  for (const part of joined.split(/(=[0-9A-Fa-f]{2})/)) {
    const hex = /^=([0-9A-Fa-f]{2})$/.exec(part)?.[1];
    parts.push(hex === undefined ? Buffer.from(part) : Buffer.from(hex, 'hex'));
  }
  return Buffer.concat(parts);
}

interface Mail {
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

function parseMail(text: string): Mail {
  const blank = /\r?\n\r?\n/.exec(text);
  const head = blank === null ? text : text.slice(0, blank.index);
  const raw = blank === null ? '' : text.slice(blank.index + blank[0].length);
  const headers = new Map<string, string>();
  for (const line of head.replaceAll(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = decodedWord(line.slice(colon + 1).trim());
    if (colon > 0 && !headers.has(name)) headers.set(name, value);
  }
  const encoding = headers.get('content-transfer-encoding')?.toLowerCase();
  const body = encoding === 'base64' ? Buffer.from(raw, 'base64').toString()
    : encoding === 'quoted-printable' ? quotedPrintable(raw).toString() : raw;
  return { headers, body: body.replaceAll('\r\n', '\n') };
}

/** Mails of an mbox file; a single mail and a bare diff are one. */
function mailsOf(text: string): readonly Mail[] {
  const starts = [...text.matchAll(/^From \S+.*\d{4}\r?$/gm)].map((match) => match.index);
  if (starts.length === 0) {
    return [/^[\w-]+:/.test(text) ? parseMail(text) : { headers: new Map(), body: text }];
  }
  return starts.map((start, index) => {
    const mail = text.slice(start, starts[index + 1] ?? text.length);
    return parseMail(mail.slice(mail.indexOf('\n') + 1));
  });
}

/** From the first file header to the mail's signature, which no diff parser wants to see. */
function diffOf(body: string): string | undefined {
  const start = /^(?:diff --git |--- \S+\n\+\+\+ )/m.exec(body);
  if (start === null) return undefined;
  const diff = body.slice(start.index);
  const signature = /^-- ?$/m.exec(diff);
  return signature === null ? diff : diff.slice(0, signature.index);
}

const notFunctions = new Set(['if', 'while', 'for', 'switch', 'return', 'sizeof', 'defined']);

/** The function whose definition starts on this line of C, at its left edge. */
function definedHere(line: string): string | undefined {
  if (!/^[A-Za-z_]/.test(line) || /;\s*$/.test(line)) return undefined;
  const name = /\b([A-Za-z_]\w*)\s*\(/.exec(line)?.[1];
  return name === undefined || notFunctions.has(name) ? undefined : name;
}

interface Found {
  readonly calls: Map<string, string>;
  onlyRenamed: boolean;
}

/** The call that differs between two lines which are the same else. */
function renamedCall(was: string, now: string): readonly [string, string] | undefined {
  const words = (line: string): readonly string[] => line.split(/(\b[A-Za-z_]\w*\b)/);
  const before = words(was);
  const after = words(now);
  if (before.length !== after.length) return undefined;
  const changed = before.flatMap((word, index) => (word === after[index] ? [] : [index]));
  const at = changed[0];
  if (at === undefined || changed.length > 1) return undefined;
  if (before[at + 1]?.startsWith('(') !== true) return undefined;
  return [before[at] ?? '', after[at] ?? ''];
}

/** Notes what one run of removed and added lines does to the function. */
function noteChange(found: Found, removed: readonly string[], added: readonly string[]): void {
  const pairs = removed.map((was, index) => renamedCall(was, added[index] ?? ''));
  if (removed.length === added.length && pairs.every((pair) => pair !== undefined)) {
    for (const [was, now] of pairs) found.calls.set(was, now);
  } else if ([...removed, ...added].some((line) => line.trim() !== '')) {
    found.onlyRenamed = false;
  }
}

/** Walks the lines of a hunk; `touch` gives the record of the function that a change is in. */
function readHunk(
  lines: readonly string[], heading: string, touch: (name: string) => Found,
): void {
  let current = definedHere(heading);
  let removed: string[] = [];
  let added: string[] = [];
  const flush = (): void => {
    if (current !== undefined && removed.length + added.length > 0) {
      noteChange(touch(current), removed, added);
    }
    removed = [];
    added = [];
  };
  for (const line of lines) {
    const text = line.slice(1);
    const starts = definedHere(text);
    if (starts !== undefined && starts !== current) {
      flush();
      current = starts;
    } else if (text.startsWith('}')) {
      flush();
    }
    if (line.startsWith('-')) removed.push(text);
    else if (line.startsWith('+')) added.push(text);
    else flush();
    if (text.startsWith('}') && !line.startsWith('-')) current = undefined;
  }
  flush();
}

/** What stands behind `@@ ... @@`, hunk by hunk: the parser does not keep it. */
function headingsOf(diff: string): readonly string[] {
  return [...diff.matchAll(/^@@ -\S+ \+\S+ @@ ?(.*)$/gm)].map((match) => match[1] ?? '');
}

/** Functions that the diff changes, in its order. Error: what the diff parser says. */
function touchedBy(diff: string): readonly TouchedFunction[] {
  const headings = headingsOf(diff);
  const found = new Map<string, Found & { readonly file: string }>();
  let hunkIndex = 0;
  for (const file of parsePatch(diff)) {
    const path = (file.newFileName ?? file.oldFileName ?? '').replace(/^[ab]\//, '');
    for (const hunk of file.hunks) {
      readHunk(hunk.lines, headings[hunkIndex] ?? '', (name) => {
        const known = found.get(name);
        if (known !== undefined) return known;
        const fresh = { file: path, calls: new Map<string, string>(), onlyRenamed: true };
        found.set(name, fresh);
        return fresh;
      });
      hunkIndex += 1;
    }
  }
  return [...found].map(([name, { file, calls, onlyRenamed }]) =>
    ({ name, file, renamedCalls: [...calls], onlyRenamed }));
}

/** `Name <address>` without the address, then the day. */
function authorOf(mail: Mail, day: string | undefined): string {
  // A mail that was sent for someone else names the author in its first line.
  const from = /^From: (.*)$/m.exec(mail.body.split('\n\n')[0] ?? '')?.[1] ??
    mail.headers.get('from') ?? '';
  const name = decodedWord(from).replace(/\s*<.*$/, '').replaceAll('"', '').trim();
  return [name, day].filter((part) => part !== undefined && part !== '').join(', ');
}

function dayOf(mail: Mail): string | undefined {
  const time = Date.parse(mail.headers.get('date') ?? '');
  return Number.isNaN(time) ? undefined : new Date(time).toISOString().slice(0, 10);
}

/** The first patch of the file; undefined when nothing in it is a diff. */
export function readMailedPatch(text: string): MailedPatch | undefined {
  const withDiff = mailsOf(text).flatMap((mail) => {
    const diff = diffOf(mail.body);
    return diff === undefined ? [] : [{ mail, diff }];
  });
  const first = withDiff[0];
  if (first === undefined) return undefined;
  const { mail, diff } = first;
  const date = dayOf(mail);
  return {
    subject: mail.headers.get('subject') ?? '',
    author: authorOf(mail, date),
    messageId: /<([^>]+)>/.exec(mail.headers.get('message-id') ?? '')?.[1],
    date,
    touched: touchedBy(diff),
    patches: withDiff.length,
  };
}
