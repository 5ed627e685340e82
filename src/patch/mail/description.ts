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

/** Of a date as people write it, or of seconds since 1970 and a time zone. */
function dayOf(text: string | undefined): string | undefined {
  const seconds = /^(\d{9,10}) [+-]?\d{1,5}$/.exec(text ?? '')?.[1];
  const time = seconds === undefined ? Date.parse(text ?? '') : Number(seconds) * 1000;
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
    if (/^(?:Author: |author \S)/.test(line)) inHead = true;
    if (!inHead || /^(?:\w+:|author |committer |gpgsig|parent )/.test(line)) continue;
    inHead = false;
    const title = line === '' ? lines[index + 1] : undefined;
    if (title?.startsWith('    ') === true) return title.trim();
  }
  return undefined;
}

/** Of one line for a commit, `SHA TITLE` or `SHA ("TITLE", DAY)`; and of what hg exports. */
function shortTitle(text: string): { readonly subject?: string; readonly day?: string } {
  const [, subject, day] = /^[0-9a-f]{7,40} \("?(.*?)"?, (\d{4}-\d\d-\d\d)\)$/m.exec(text) ?? [];
  if (subject !== undefined && day !== undefined) return { subject, day };
  const line = /^(?:[0-9a-f]{7,40} |# HG changeset patch\n(?:#.*\n)*)(.+)\n/.exec(text)?.[1];
  return line === undefined ? {} : { subject: line };
}

/** Trees that stable mails name: `[PATCH 5.15 1/9]`, `[PATCH AUTOSEL 6.1]`, `[4.14.y PATCH]`. */
export function treeOf(subject: string): string | undefined {
  const added = /added to the (\d+\.\d+)-stable tree/.exec(subject)?.[1];
  if (added !== undefined) return added;
  for (const [, group = ''] of subject.matchAll(/\[([^\][]{1,80})\]/g)) {
    const isStable = /\b(?:stable|autosel|lts)\b/i.test(group);
    for (const word of group.split(/[\s,]+/)) {
      const [, sign, tree, end] = /^(v|linux-|[A-Za-z]{2,9}-)?([3-9]\.\d{1,2})(\.y|-stable|\.\d+)?$/
        .exec(word) ?? [];
      // `v5.1` alone is as well the fifth version of a patch, mended once.
      if (tree !== undefined && (sign !== 'v' || isStable || end !== undefined)) return tree;
    }
  }
  return undefined;
}

/** When the files of a diff were written, where it says so. */
function dayOfFiles(diff: string): string | undefined {
  return /^\+\+\+ \S+\t(\d{4}-\d\d-\d\d) /m.exec(diff)?.[1];
}

/** Of a mail: its headers, unless the text in front of the diff has headers of its own. */
export function descriptionOf({ headers, body }: Message, diff: string): Description {
  const start = body.indexOf(diff.slice(0, 40));
  const isQuoted = start < 0 || (start > 0 && body[start - 1] !== '\n');
  const before = start < 0 ? body : body.slice(0, start);
  const text = isQuoted ? before.replace(/^(?:> ?){1,9}/gm, '') : before;
  const header = (name: string): string | undefined => headers.get(name);
  const inside = lastOf(text, /^(?:(?:From|Author): |author |# User )(.*)$/gm);
  const short = shortTitle(text);
  const subject = lastOf(text, /^Subject: (.*(?:\n[ \t]+.*)*)$/gm) ?? gitTitle(text)
    ?? header('subject') ?? lastOf(text, /^Description: (.*)$/gm) ?? short.subject ?? '';
  const date = lastOf(text, /^(?:(?:Date|AuthorDate|Last-Update): |# Date )(.*)$/gm)
    ?? lastOf(text, /^author .*> (\d+ [+-]\d{4})$/gm);
  const ofMail = header('subject') ?? '';
  return {
    subject: subject.replaceAll(/\s+/g, ' ').trim(),
    author: nameOf(inside ?? header('from') ?? ''),
    date: dayOf(date) ?? dayOf(header('date')) ?? short.day ?? dayOfFiles(diff),
    messageId: /<([^<>\s]+)>/.exec(header('message-id') ?? '')?.[1],
    link: lastOf(text, /^Link: (?:<)?(https?:\/\/[\x21-\x7e]+?)>?$/gm),
    stable: treeOf(ofMail),
    commits: [...text.matchAll(/\b(?:commit |linus\/)([0-9a-f]{12,40})\b/g)]
      .map((match) => match[1] ?? ''),
  };
}
