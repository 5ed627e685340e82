/** The messages of a file: mbox, one mail, `git format-patch`, or a text that is no mail. */
import PostalMime from 'postal-mime';

export interface Message {
  /** By lower-case name, decoded; empty of what is no mail. */
  readonly headers: ReadonlyMap<string, string>;
  /** Text of the body and of parts that are text or a patch, decoded, lines end in `\n`. */
  readonly body: string;
}

/** Lines end in one way, and nothing that ends a line of JavaScript is inside one. */
function plain(text: string): string {
  return text.replaceAll(/\r\n?|[\u2028\u2029\u0085]/g, '\n').replaceAll('\u00a0', ' ');
}

function isMail(text: string): boolean {
  const [head = ''] = text.split(/\r?\n\r?\n/, 1);
  return /^[\w-]+:\s/.test(text) && /^(?:from|date|message-id|content-type):/im.test(head) &&
    !/^(?:index|diff|description):/im.test(head.split('\n', 1)[0] ?? '');
}

const patchFile = /\.(?:patch|diff|txt|mbox)$/i;

/** Of a header so many signs are read, with its further lines: no list of addresses is longer. */
const LONGEST_HEADER = 16_384;

/** The mail with its headers cut: to read an address takes the square of its length. */
function withShortHeaders(raw: string): string {
  const end = /\r?\n\r?\n/.exec(raw)?.index ?? raw.length;
  let left = LONGEST_HEADER;
  const lines = raw.slice(0, end).split('\n').map((line) => {
    if (!/^[ \t]/.test(line)) left = LONGEST_HEADER;
    const kept = line.slice(0, left);
    left -= kept.length;
    return kept;
  });
  return lines.filter((line) => line !== '').join('\n') + raw.slice(end);
}

async function parsed(raw: string): Promise<Message> {
  const mail = await PostalMime.parse(Buffer.from(withShortHeaders(raw), 'latin1'));
  const headers = new Map<string, string>();
  for (const { key, value } of mail.headers) if (!headers.has(key)) headers.set(key, value);
  const attached = mail.attachments.flatMap(({ filename, mimeType, content }) => {
    if (!patchFile.test(filename ?? '') && !/^text\//.test(mimeType)) return [];
    return [typeof content === 'string' ? content : new TextDecoder().decode(content)];
  });
  // The library decodes encoded words of addresses and the subject, not of other headers.
  const from = mail.from?.name || mail.from?.address;
  if (from !== undefined) headers.set('from', from);
  if (mail.subject !== undefined) headers.set('subject', mail.subject);
  const text = mail.text ?? textOfPage(mail.html ?? '');
  return { headers, body: plain([text, ...attached].join('\n')) };
}

/** Where a commit begins that git log -p or hg export printed. */
const commitStart = new RegExp([
  String.raw`^commit [0-9a-f]{7,40}(?: .*)?\n(?:Merge: .*\n)?(?:Author: |tree )`,
  String.raw`^[0-9a-f]{7,40} .*\n(?=diff --git )`, '^# HG changeset patch$',
].join('|'), 'gm');

/** A text that is no mail: its commits, or all of it. */
function commitsOf(text: string): readonly Message[] {
  const starts = [...text.matchAll(commitStart)].map(({ index }) => index);
  if (starts.length < 2) return [{ headers: new Map(), body: text }];
  return starts.map((start, index) => (
    { headers: new Map(), body: text.slice(index === 0 ? 0 : start, starts[index + 1]) }));
}

/** The text of a mail that has no other than a page. */
function textOfPage(page: string): string {
  return page.replace(/<br ?\/?>/gi, '\n').replace(/<[^<>]{1,500}>/g, '').replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#39;', "'")
    .replaceAll('&nbsp;', ' ').replaceAll('&amp;', '&');
}

/** `bytes` as they are in the file: what they are encoded in each mail says for itself. */
export async function messagesOf(bytes: Uint8Array): Promise<readonly Message[]> {
  const raw = Buffer.from(bytes).toString('latin1');
  const starts = [...raw.matchAll(/^From \S.*/gm)]
    .filter(([line]) => /\d{4}$/.test(line.slice(-5).trimEnd())).map(({ index }) => index);
  if (starts.length === 0) {
    return isMail(raw) ? [await parsed(raw)] : commitsOf(plain(new TextDecoder().decode(bytes)));
  }
  const messages: Message[] = [];
  // A notice of a stable tree has the patch behind its own words.
  const notice = raw.slice(0, starts[0]);
  if (isMail(notice)) messages.push(await parsed(notice));
  for (const [index, start] of starts.entries()) {
    const mail = raw.slice(start, starts[index + 1] ?? raw.length);
    messages.push(await parsed(mail.slice(mail.indexOf('\n') + 1)));
  }
  return messages;
}
