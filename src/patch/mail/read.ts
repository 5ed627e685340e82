/** Mailed patches of any form: who, what, when, which functions change. */
import { descriptionOf, treeOf } from './description.js';
import { diffTextOf } from './diff_text.js';
import { messagesOf, type Message } from './messages.js';
import { touchedBy, type TouchedFunction } from './touched.js';

export interface MailedPatch {
  readonly subject: string;
  /** `Name, 2022-04-07`. */
  readonly author: string;
  readonly messageId: string | undefined;
  /** What the patch itself gives as its link. */
  readonly link: string | undefined;
  /** ISO day; undefined when nothing has a date that can be read. */
  readonly date: string | undefined;
  /** `4.19`: the stable tree that it is for. */
  readonly stable: string | undefined;
  readonly commits: readonly string[];
  readonly touched: readonly TouchedFunction[];
  /** What was left out, mended, or is called otherwise in the model. */
  readonly notes: readonly string[];
}

export interface Mailed {
  /** In the order of the file. */
  readonly patches: readonly MailedPatch[];
  /** Subject of a mail without a diff that begins the series. */
  readonly cover: string | undefined;
}

/** Subject, and the text down to the diff. */
function proseOf({ headers, body }: Message): string {
  const [text = ''] = body.split(/^(?:diff |--- |Index: )/m, 1);
  return `${headers.get('subject') ?? ''}\n${text}`;
}

/** `before`: what stands before it in the file; a notice says in its own mail for which tree. */
function patchOf(message: Message, before: Message | undefined): MailedPatch | undefined {
  const diff = diffTextOf(message.body);
  if (diff === undefined) return undefined;
  const { subject, author, date, stable, ...rest } = descriptionOf(message, diff.text);
  const { functions, notes } = touchedBy(diff.text, proseOf(message));
  const notice = before === undefined || diffTextOf(before.body) !== undefined ? undefined
    : treeOf(before.headers.get('subject') ?? '');
  return {
    ...rest, stable: stable ?? notice, subject, date, touched: functions,
    notes: [...diff.notes, ...notes],
    author: [author, date].filter((part) => part !== undefined && part !== '').join(', '),
  };
}

/** All patches of the file's bytes. Errors: what the diff parser says. */
export async function readMailedPatches(bytes: Uint8Array): Promise<Mailed> {
  const messages = await messagesOf(bytes);
  const found = messages.map((message, at) => (
    { message, patch: patchOf(message, messages[at - 1]) }));
  const [begin] = found;
  const cover = begin?.patch === undefined ? begin?.message.headers.get('subject') : undefined;
  return {
    cover,
    patches: found.flatMap(({ patch }) => (patch === undefined ? [] : [patch])),
  };
}
