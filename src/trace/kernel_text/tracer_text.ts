/** Text of a tracer as rows: tracefs (`trace`, `trace_pipe`), `trace-cmd report`, `perf script`. */
import type { TraceBuilder } from '../build.js';
import { lineBlocks } from '../line_blocks.js';
import type { EventRows } from './event_rows.js';
import { layoutOf, PageLines } from './page_lines.js';
import { bufferLine, headFacts, type HeadFacts, type TextEvent } from './trace_line.js';

/** Bytes that the byte reader wants behind a line's start. */
const ROOM = 256;

/** Takes a line apart; undefined when it is no event. */
export type LineReader = (text: string, line: number) => TextEvent | undefined;

class TracerText {
  facts: HeadFacts = {};
  /** Lines read. */
  #line = 0;
  readonly #pages: PageLines;
  readonly #rows: EventRows;
  /** Was a page line read since the text reader's last event? */
  #isAhead = false;

  readonly #lineOf: LineReader;

  constructor(builder: TraceBuilder, rows: EventRows, lineOf: LineReader) {
    this.#rows = rows;
    this.#lineOf = lineOf;
    this.#pages = new PageLines(builder);
  }

  /** Reads a block of whole lines. */
  read(block: Buffer): void {
    const pages = this.#pages;
    const rows = this.#rows;
    const room = pages.setBlock(block) - ROOM;
    const fast = Math.min(room, block.lastIndexOf(10) + 1);
    let nextLog = rows.nextLog;
    for (let start = 0; start < block.length;) {
      this.#line++;
      const kind = start < fast ? pages.head(start) : undefined;
      if (kind !== undefined) {
        if (pages.time > nextLog) {
          rows.flushLog(pages.time);
          nextLog = rows.nextLog;
        }
        const end = pages.row(start, kind, this.#line);
        if (end >= 0) {
          this.#isAhead = true;
          start = end;
          continue;
        }
      }
      start = this.#textLine(block, start);
      nextLog = rows.nextLog;
    }
  }

  #textLine(block: Buffer, start: number): number {
    const newline = block.indexOf(10, start);
    const end = newline < 0 ? block.length : newline;
    const text = block.toString('utf8', start, end).trimEnd();
    if (this.#isAhead) {
      const { rowTime, rowCpu } = this.#pages;
      this.#rows.wentOn(rowTime, rowCpu, this.#pages.taskName(), this.#line - 1);
      this.#isAhead = false;
    }
    const event = this.#lineOf(text, this.#line);
    if (event === undefined) this.#other(text);
    else {
      this.#rows.add(event);
      if (event.name.startsWith('mm_page_')) this.#learn(text);
    }
    return end + 1;
  }

  /** The byte reader did not take this line: perhaps the columns stand elsewhere. */
  #learn(text: string): void {
    const layout = layoutOf(text);
    if (layout !== undefined) this.#pages.setLayout(layout);
  }

  #other(text: string): void {
    const head = bufferLine(text);
    this.facts = { ...this.facts, ...headFacts(text) };
    if (head !== undefined && head.lost > 0) this.#rows.lost({ events: head.lost }, this.#line);
    this.#rows.other(text, this.#line);
  }
}

/** Reads the whole text; answers what its head tells. */
export async function readTracerText(
  chunks: AsyncIterable<Uint8Array>, builder: TraceBuilder, rows: EventRows, lineOf: LineReader,
): Promise<HeadFacts> {
  const text = new TracerText(builder, rows, lineOf);
  for await (const block of lineBlocks(chunks)) text.read(block);
  return text.facts;
}
