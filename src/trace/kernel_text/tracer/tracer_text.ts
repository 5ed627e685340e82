/** Text of a tracer as rows: tracefs (`trace`, `trace_pipe`), `trace-cmd report`, `perf script`. */
import type { TraceBuilder } from '../../build.js';
import { isEmptyLine, lineBlocks, pastEmptyLines } from '../../line_blocks.js';
import type { EventRows } from './event_rows.js';
import { layoutOf } from './line_heads.js';
import { PageLines } from './page_lines.js';
import { numberProblem } from '../../format.js';
import {
  bufferLine, headFacts, unquoted, type HeadFacts, type TextEvent,
} from './trace_line.js';

/** Takes a line apart; undefined when it is no event. */
export type LineReader = (text: string, line: number) => TextEvent | undefined;

/** Bytes of a line that can be an event. */
const LONGEST_EVENT = 1 << 14;

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
    const stop = pages.setBlock(block);
    for (let start = 0; start < block.length;) {
      if (isEmptyLine(block, start)) {
        const { end, lines } = pastEmptyLines(block, start);
        this.#line += lines;
        start = end;
        continue;
      }
      if (start < stop) {
        const end = pages.read(start, stop, this.#line + 1, rows.nextLog);
        this.#line += pages.taken;
        this.#isAhead ||= pages.taken > 0;
        start = end;
        if (start >= block.length) break;
      }
      // The log goes on before the line at which the page lines stopped; it may be one of them.
      if (start < stop && pages.isLate) rows.flushLog(pages.time);
      else start = this.#textLine(block, start);
    }
  }

  #textLine(block: Buffer, start: number): number {
    this.#line++;
    const newline = block.indexOf(10, start);
    const end = newline < 0 ? block.length : newline;
    // The trace buffer takes events of up to a page; a longer line is none.
    const text = unquoted(
      block.toString('utf8', start, Math.min(end, start + LONGEST_EVENT)).trimEnd());
    if (this.#isAhead) {
      const { time_ns, cpu, task } = this.#pages.last;
      this.#rows.wentOn(time_ns, cpu, task, this.#line - 1);
      this.#isAhead = false;
    }
    const event = end - start > LONGEST_EVENT ? undefined : this.#lineOf(text, this.#line);
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
    if (layout !== undefined) this.#pages.layout = layout;
  }

  #other(text: string): void {
    const head = bufferLine(text);
    const { cpus, ...told } = headFacts(text);
    const wrong = cpus === undefined ? undefined : numberProblem('cpus', cpus);
    this.facts = { ...this.facts, ...told,
      ...(cpus === undefined || wrong !== undefined ? {} : { cpus }) };
    if (wrong !== undefined) this.#rows.wrong(wrong, this.#line);
    if (head !== undefined && head.lost > 0) this.#rows.lost({ events: head.lost }, this.#line);
    this.#rows.other(text, this.#line);
  }
}

/** Reads the whole text; answers what its head tells. */
export async function readTracerText(
  chunks: AsyncIterable<Uint8Array>, builder: TraceBuilder, rows: EventRows, lineOf: LineReader,
): Promise<HeadFacts> {
  const text = new TracerText(builder, rows, lineOf);
  for await (const block of lineBlocks(chunks, rows.file)) text.read(block);
  return text.facts;
}
