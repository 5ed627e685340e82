/** Plug-ins that say what a comparison found: one file of formats/ each. */
import { loadFolder } from '../base/folder.js';
import type { Between } from '../compare/between.js';
import type { Comparison, ComparisonLine } from '../compare/comparison.js';

/** Where a text is read on a screen. */
export interface Terminal {
  readonly columns: number;
  /** SGR sequences are understood. */
  readonly color: boolean;
}

export interface ReportOptions {
  /** Divergences and violations shown of each trace; the document has all. */
  readonly limit: number;
  /**
   * short: of each trace its verdict; verdicts: of many traces what the policies do on all of them;
   * full: everything of each trace.
   */
  readonly detail: 'short' | 'verdicts' | 'full';
  /** Traces on which nothing differs have no page of their own. */
  readonly quietSame: boolean;
  /** Undefined: for a file or a mail. */
  readonly terminal?: Terminal;
}

/** A trace that could not be compared. */
export interface Trouble {
  readonly path: string;
  readonly message: string;
}

export interface Results {
  /** In the order of the traces. */
  readonly lines: readonly ComparisonLine[];
  /** The same in full, one after the other: of many traces they are not all in memory. */
  readonly comparisons: Iterable<Comparison>;
  readonly troubles: readonly Trouble[];
  /** Traces held against each other, when that was asked for. */
  readonly between?: Between;
}

export interface Report {
  /** The file's name without extension, as --format has it. */
  readonly id: string;
  readonly doc: string;
  /** Pieces of the text, in order; the same results give the same bytes. */
  render(results: Results, options: ReportOptions): Iterable<string>;
}

/** Comparisons that are all in memory, as results. */
export function resultsOf(
  comparisons: readonly Comparison[], troubles: readonly Trouble[] = [],
): Results {
  return { lines: comparisons, comparisons, troubles };
}

/** All report formats, by file name. */
export async function loadReports(): Promise<readonly Report[]> {
  return loadFolder<Report>(new URL('./formats/', import.meta.url));
}
