/**
 * Delta debugging: the smallest part of an input that still shows the same, by halves, quarters and
 * so on down to single lines, then the same of bytes. Another process is asked each time, for an
 * input may end it: find/shrink asks in its own.
 */

/** Whether an input still shows it; `false` also when nobody asks any more. */
export type Shows = (content: Buffer) => Promise<boolean>;

async function without(
  parts: readonly Buffer[], shows: Shows,
): Promise<readonly Buffer[]> {
  let kept = parts;
  for (let size = kept.length; size > 1;) {
    size = Math.ceil(size / 2);
    for (let at = 0; at < kept.length;) {
      const fewer = [...kept.slice(0, at), ...kept.slice(at + size)];
      if (fewer.length < kept.length && await shows(Buffer.concat(fewer))) kept = fewer;
      else at += size;
    }
  }
  return kept;
}

function linesOf(content: Buffer): readonly Buffer[] {
  const lines: Buffer[] = [];
  for (let at = 0; at < content.length;) {
    const end = content.indexOf(10, at);
    const next = end < 0 ? content.length : end + 1;
    lines.push(content.subarray(at, next));
    at = next;
  }
  return lines;
}

/** Of larger inputs single bytes take too long. */
const FEW_BYTES = 4000;

/** The input itself when nothing of it can be left out. */
export async function reduced(content: Buffer, shows: Shows): Promise<Buffer> {
  const lines = Buffer.concat(await without(linesOf(content), shows));
  if (lines.length > FEW_BYTES) return lines;
  return Buffer.concat(await without(Array.from(lines, (byte) => Buffer.from([byte])), shows));
}
