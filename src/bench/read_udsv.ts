/**
 * Reads a trace's CSV with the package udsv, a chunk at a time, numbers as numbers; for the bench.
 */
import { createReadStream } from 'node:fs';

interface Parser {
  chunk(text: string, typed: unknown, take: (row: readonly unknown[]) => void): void;
  end(): void;
  readonly typedArrs: unknown;
}
interface Udsv {
  inferSchema(text: string): unknown;
  initParser(schema: unknown): Parser;
}

// There for development only; who has the built package alone may not have it.
const name = 'udsv';
const { inferSchema, initParser } = await import(name) as Udsv;
let parser: Parser | undefined;
let rows = 0;
for await (const text of createReadStream(process.argv[2] ?? '', { encoding: 'utf8' })) {
  const body = parser === undefined ? (text as string).replace(/^(#.*\n)+/, '') : text as string;
  parser ??= initParser(inferSchema(body));
  parser.chunk(body, parser.typedArrs, () => { rows += 1; });
}
parser?.end();
process.stdout.write(`${JSON.stringify({ rows })}\n`);
