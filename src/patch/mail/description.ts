/** Who proposed what and when: headers of a mail, or of the patch that the mail is about. */
import type { Message } from './messages.js';

export interface Description {
  readonly subject: string;
  readonly author: string;
  /** ISO day. */
  readonly date: string | undefined;
  readonly messageId: string | undefined;
  readonly link: string | undefined;
  /** `4.19` of a review mail of a stable tree. */
  readonly stable: string | undefined;
  /** Commits that the text names, 12 digits or more. */
  readonly commits: readonly string[];
}

/** The last line of this form; `undefined`: none. */
function lastOf(text: string, pattern: RegExp): string | undefined {
  return [...text.matchAll(pattern)].at(-1)?.[1]?.trim();
}

function dayOf(text: string | undefined): string | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : new Date(time).toISOString().slice(0, 10);
}

function nameOf(text: string): string {
  return (text.split('<', 1)[0] ?? '').replaceAll('"', '').trim();
}

/** Of `git show`: the first indented line behind the head. */
function gitTitle(text: string): string | undefined {
  const lines = text.split('\n');
  let inHead = false;
  for (const [index, line] of lines.entries()) {
    if (line.startsWith('Author: ')) inHead = true;
    if (!inHead || /^\w+:/.test(line)) continue;
    inHead = false;
    const title = line === '' ? lines[index + 1] : undefined;
    if (title?.startsWith('    ') === true) return title.trim();
  }
  return undefined;
}

/** Of a mail: its headers, unless the text in front of the diff has headers of its own. */
export function descriptionOf({ headers, body }: Message, diff: string): Description {
  const start = body.indexOf(diff.slice(0, 40));
  const text = start < 0 ? body : body.slice(0, start);
  const header = (name: string): string | undefined => headers.get(name);
  const inside = lastOf(text, /^(?:From|Author): (.*)$/gm);
  const subject = lastOf(text, /^Subject: (.*(?:\n[ \t]+.*)*)$/gm) ??
    gitTitle(text) ?? header('subject') ?? lastOf(text, /^Description: (.*)$/gm) ?? '';
  const date = lastOf(text, /^(?:Date|AuthorDate|Last-Update): (.*)$/gm);
  const ofMail = header('subject') ?? '';
  return {
    subject: subject.replaceAll(/\s+/g, ' ').trim(),
    author: nameOf(inside ?? header('from') ?? ''),
    date: dayOf(date) ?? dayOf(header('date')),
    messageId: /<([^<>\s]+)>/.exec(header('message-id') ?? '')?.[1],
    link: lastOf(text, /^Link: (?:<)?(https?:\/\/[\x21-\x7e]+?)>?$/gm),
    stable: /\[PATCH (\d+\.\d+) \d+\/\d+\]/.exec(ofMail)?.[1],
    commits: [...text.matchAll(/\b(?:commit |linus\/)([0-9a-f]{12,40})\b/g)]
      .map((match) => match[1] ?? ''),
  };
}
