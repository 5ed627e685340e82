/** What a report is made of, whatever the format: sections of a few kinds of blocks. */

/** Cells by row; the first column is left-aligned, numbers are right-aligned by the writer. */
export interface Table {
  readonly kind: 'table';
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Many narrow columns: one blank between them. */
  readonly tight?: true;
}

/** Whether what is said is good or bad news for the machine: a colour on a terminal. */
export type Tone = 'good' | 'bad';

/** A name and what is said of it; without a text it is a heading of those that follow. */
export type Term = readonly [name: string, text: string, tone?: Tone];

export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'terms'; readonly terms: readonly Term[] }
  | Table
  /** Lines that are kept as they are: a unified diff, or a command for a shell. */
  | { readonly kind: 'lines'; readonly of: 'diff' | 'sh'; readonly lines: readonly string[] };

export interface Section {
  readonly title: string;
  /** 1: a trace, or the summary; 2: a part of it. */
  readonly level: 1 | 2;
  readonly blocks: readonly Block[];
}

export function term(name: string, text: string, tone?: Tone): Term {
  return tone === undefined ? [name, text] : [name, text, tone];
}

export function text(value: string): Block {
  return { kind: 'text', text: value };
}

/** A part of a trace's section, when there is anything to say. */
export function part(
  title: string, ...blocks: readonly (Block | undefined)[]
): readonly Section[] {
  const said = blocks.filter((block) => block !== undefined);
  return said.length === 0 ? [] : [{ title, level: 2, blocks: said }];
}
