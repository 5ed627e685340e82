/** A ustar archive in memory. */
const BLOCK = 512;

function header(name: string, size: number): Buffer {
  const bytes = Buffer.alloc(BLOCK);
  bytes.write(name, 0, 100);
  bytes.write('0000644', 100);
  bytes.write(size.toString(8).padStart(11, '0'), 124);
  bytes.write(' '.repeat(8), 148);
  bytes.write('0', 156);
  bytes.write('ustar\x0000', 257, 'latin1');
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return bytes;
}

/** The files, in this order. */
export function tarOf(files: Iterable<readonly [name: string, content: Buffer]>): Buffer {
  const parts: Buffer[] = [];
  for (const [name, content] of files) {
    const padding = Math.ceil(content.length / BLOCK) * BLOCK - content.length;
    parts.push(header(name, content.length), content, Buffer.alloc(padding));
  }
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}
