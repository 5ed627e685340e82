/** The diff in a message, as a parser of diffs takes it, and what had to be done to it. */

export interface DiffText {
  readonly text: string;
  /** What was done: `the patch is quoted`. */
  readonly notes: readonly string[];
}

const start = /^(?:diff --git |Index: .*\n=+$|--- \S.*\n\+\+\+ )/m;

/** Mail programs wrap lines at 72 columns or later: what is shorter was not wrapped. */
const LEAST_WRAPPED = 60;

/**
 * Lines of a reply without the marks that most of the diff's lines have. A line without a mark
 * right between two with one is the rest of the long one before it; a reply has blank lines around.
 */
function unquoted(body: string): DiffText | undefined {
  const lines = body.split('\n');
  const isQuoted = (line = ''): boolean => line.startsWith('>');
  // Whose diff is quoted in a reply to a reply has as many marks on each line.
  const begin = lines.find((line) => /^>[> ]*(?:diff --git |Index: |--- \S)/.test(line)) ?? '>';
  const marks = (/^[> ]*/.exec(begin)?.[0].match(/>/g) ?? []).length;
  const mark = new RegExp(`^(?:> ?){1,${marks}}`);
  const out: string[] = [];
  let joined = 0;
  const odd: string[] = [];
  lines.forEach((line, at) => {
    if (isQuoted(line)) out.push(line.replace(mark, ''));
    else if (line.trim() !== '' && isQuoted(lines[at - 1])) {
      const isRest = isQuoted(lines[at + 1]) && (lines[at - 1] ?? '').length >= LEAST_WRAPPED;
      if (isRest) {
        out.push(`${out.pop() ?? ''} ${line}`);
        joined += 1;
      } else if (isQuoted(lines[at + 1])) odd.push(line);
    }
  });
  const text = out.join('\n');
  if (!start.test(text)) return undefined;
  return { text, notes: [
    ...(joined === 0 ? [] : [`${joined} quoted line${joined === 1 ? ' was' : 's were'} wrapped ` +
      'by the mail program: joined again']),
    ...odd.map((line) => `"${line}" stands between quoted lines without a mark: left out`),
  ] };
}

/** To the signature, which no diff parser wants to see. */
function fromStart(text: string): string | undefined {
  const found = start.exec(text);
  if (found === null) return undefined;
  const diff = text.slice(found.index);
  const end = /^(?:-- ?|_)$/m.exec(diff);
  return end === null ? diff : diff.slice(0, end.index);
}

/**
 * Hunks with a blank in front of lines that lost it: archives eat blanks. Where lines are missing
 * nothing can be mended, and the parser of diffs says so.
 */
function mended(diff: string): { readonly text: string; readonly mended: boolean } {
  const out: string[] = [];
  let inside = false;
  let counts = { before: 0, after: 0, wantBefore: 0, wantAfter: 0 };
  let changed = false;
  for (const line of diff.split('\n')) {
    const hunk = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line);
    const full = counts.before >= counts.wantBefore && counts.after >= counts.wantAfter;
    if (hunk !== null) {
      inside = true;
      counts = { before: 0, after: 0,
        wantBefore: Number(hunk[1] ?? 1), wantAfter: Number(hunk[2] ?? 1) };
      out.push(line);
    } else if (!inside || (full && !/^[-+ \\]/.test(line)) || /^(?:diff |Index: )/.test(line) ||
      (full && /^(?:--- \S|-- ?$)/.test(line))) {
      inside = false;
      out.push(line);
    } else {
      const own = /^[-+ \\]/.test(line) ? line : ` ${line}`;
      if (full && own.trim() === '') continue;
      changed ||= own !== line && line !== '';
      if (!/^[+\\]/.test(own)) counts.before += 1;
      if (!/^[-\\]/.test(own)) counts.after += 1;
      out.push(own);
    }
  }
  return { text: `${out.join('\n')}\n`, mended: changed };
}

/** As it was before it was signed: OpenPGP puts a dash before each line that begins with one. */
function withoutSignature(body: string): string {
  return body.includes('-----BEGIN PGP SIGNED MESSAGE-----')
    ? body.replaceAll(/^- -/gm, '-').replace(/^-----BEGIN PGP SIGNATURE-----$[^]*/m, '') : body;
}

/** Undefined: nothing in the message is a diff. */
export function diffTextOf(given: string): DiffText | undefined {
  const body = withoutSignature(given);
  const direct = fromStart(body);
  const reply = direct === undefined ? unquoted(body) : undefined;
  const text = direct ?? fromStart(reply?.text ?? '');
  if (text === undefined) return undefined;
  const { text: whole, mended: isMended } = mended(text);
  return {
    text: whole,
    notes: [
      ...(direct === undefined ? ['the patch is quoted: it is read without the marks'] : []),
      ...(reply?.notes ?? []),
      ...(isMended ? ['blanks of the patch were lost on the way'] : []),
      ...(/^@@@+ /m.test(whole) ? ['a combined diff of a merge is left out'] : []),
    ],
  };
}
