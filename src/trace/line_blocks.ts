/** Cuts byte chunks at line ends, without copying them. */

/**
 * Blocks of whole lines: each ends with `\n`, only the last one may lack it. A chunk may be
 * overwritten by its producer once the next one is asked for; so may a block.
 */
export async function* lineBlocks(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let from = 0;
    if (rest.length > 0) {
      from = bytes.indexOf(10) + 1;
      rest = Buffer.concat([rest, bytes.subarray(0, from === 0 ? bytes.length : from)]);
      if (from === 0) continue;
      yield rest;
    }
    const end = bytes.lastIndexOf(10) + 1;
    if (end > from) yield bytes.subarray(from, end);
    rest = Buffer.from(bytes.subarray(Math.max(from, end)));
  }
  if (rest.length > 0) yield rest;
}
