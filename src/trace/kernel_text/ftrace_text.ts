/** Text of tracefs (`trace`, `trace_pipe`) and of `trace-cmd report`, as rows. */
import type { TraceBuilder } from '../build.js';
import { lineBlocks } from '../line_blocks.js';
import type { EventRows } from './event_rows.js';
import { layoutOf, PageLines } from './page_lines.js';
import { bufferLine, ftraceLine } from './trace_line.js';

/** Bytes that the byte reader wants behind a line's start. */
const ROOM = 256;

class FtraceText {
  cpus: number | undefined;
  /** Lines read. */
  #line = 0;
  readonly #pages: PageLines;
  readonly #rows: EventRows;
  /** Was a page line read since the text reader's last event? */
  #isAhead = false;

  constructor(builder: TraceBuilder, rows: EventRows) {
    this.#rows = rows;
    this.#pages = new PageLines(builder);
  }

  /** Reads a block of whole lines. */
  read(block: Buffer): void {
    const pages = this.#pages;
    const rows = this.#rows;
    pages.setBlock(block);
    const fast = block.length - ROOM;
    for (let start = 0; start < block.length;) {
      this.#line++;
      const kind = start < fast ? pages.head(start) : undefined;
      if (kind !== undefined) {
        if (pages.time > rows.nextLog) rows.flushLog(pages.time);
        const end = pages.row(start, kind, this.#line);
        if (end >= 0) {
          this.#isAhead = true;
          start = end;
          continue;
        }
      }
      start = this.#textLine(block, start);
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
    const event = ftraceLine(text, this.#line);
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
    if (head !== undefined) this.cpus = head.cpus;
    if (head !== undefined && head.lost > 0) this.#rows.lost({ events: head.lost }, this.#line);
    this.#rows.other(text, this.#line);
  }
}

/** Reads the whole text; answers the CPUs that its head names. */
export async function readFtrace(
  chunks: AsyncIterable<Uint8Array>, builder: TraceBuilder, rows: EventRows,
): Promise<{ readonly cpus?: number }> {
  const text = new FtraceText(builder, rows);
  for await (const block of lineBlocks(chunks)) text.read(block);
  return text.cpus === undefined ? {} : { cpus: text.cpus };
}
