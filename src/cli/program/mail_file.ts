/** Mailed patches of a file of the command line, and the version that each was made against. */
import { gunzipSync } from 'node:zlib';
import { reasonOf, TraceError, UsageError } from '../../base/errors.js';
import { bytesOf } from '../../base/read_file.js';
import { versions } from '../../linux/history/versions.js';
import { readMailedPatches, type Mailed, type MailedPatch } from '../../patch/mail/read.js';

/** Of a mailbox: the longest series of the lists have a tenth of it. */
const MOST_BYTES = 2 ** 23;
const MOST_LINES = 2 ** 17;

function linesIn(bytes: Uint8Array): number {
  let lines = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines += 1;
  return lines;
}

/** As the archives of the lists give a thread. Error: of zlib, or that it is too much. */
function unzipped(bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_BYTES });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') throw error;
    throw new Error(`it has more than ${MOST_BYTES} bytes when it is unpacked, expected mails of `
      + 'that size at most');
  }
}

/** Errors: TraceError for a file that cannot be read, UsageError for one without a patch. */
export async function mailedOf(path: string): Promise<Mailed> {
  let bytes: Uint8Array;
  try {
    bytes = unzipped(bytesOf(path, MOST_BYTES));
  } catch (error) {
    throw new TraceError({ file: path, line: 0 }, `cannot be read: ${reasonOf(error as Error)}`);
  }
  const lines = linesIn(bytes);
  if (lines > MOST_LINES) {
    throw new TraceError({ file: path, line: 0 },
      `has ${lines} lines, expected mails of ${MOST_LINES} at most`);
  }
  let mailed: Mailed;
  try {
    mailed = await readMailedPatches(bytes);
  } catch (error) {
    throw new UsageError(`${path}: its diff cannot be read: ${(error as Error).message}`);
  }
  if (mailed.patches.length === 0) throw new UsageError(`${path}: there is no patch in it`);
  return mailed;
}

export interface FoundBase {
  readonly id: string;
  /** Why this one. */
  readonly why: string;
}

/** The tree that a review mail names as it was on the day, else what was newest then. */
export function baseOfMail(mail: MailedPatch | undefined): FoundBase {
  const { stable, date } = mail ?? {};
  const tree = stable === undefined ? undefined : `v${stable}`;
  const isOfTree = (id: string): boolean =>
    tree !== undefined && (id === tree || (id.startsWith(`${tree}.`) && !id.includes('-')));
  const ofTree = versions.find(({ id, released }) => isOfTree(id) && released <= (date ?? '9999'))
    ?? versions.findLast(({ id }) => isOfTree(id));
  if (ofTree !== undefined) return { id: ofTree.id, why: `the subject names the tree ${stable}` };
  const found = versions.find(({ released }) => released <= (date ?? '9999')) ?? versions.at(-1);
  const id = found?.id ?? '';
  return { id, why: date === undefined
    ? `no day in it: base ${id} taken, --base names another` : `newest on ${date}` };
}
