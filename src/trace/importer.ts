/** What a plug-in of the folder `import/` is. */
import type { TraceBuilder } from './build.js';
import type { Problems } from './problems.js';
import type { Source } from './source.js';
import type { TraceHeader } from './trace.js';

/** What the user said about the trace; it wins over what was found. */
export interface GivenHeader {
  readonly config: Readonly<Record<string, string>>;
  readonly series?: string;
  readonly question?: string;
  /** Which boot of a kernel log is read, from 1. */
  readonly boot?: number;
}

export interface ImportContext {
  readonly builder: TraceBuilder;
  readonly problems: Problems;
  readonly given: GivenHeader;
}

export interface Importer {
  /** The file's name without `.ts`. */
  readonly id: string;
  /** One sentence: what it reads. */
  readonly doc: string;
  /** The command that makes such a file. */
  readonly made_by: string;
  /** Its inputs can have a kernel log, of which one boot can be chosen. */
  readonly hasBoots?: true;
  /** 0: not mine ... 1: surely mine. */
  sniff(source: Source): number;
  /** Appends rows to the builder and says what the header is. */
  read(source: Source, context: ImportContext): Promise<Partial<TraceHeader>>;
}
