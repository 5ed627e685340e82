/** The files of a recording: their texts, and how they are called in messages. */
import type { ImportContext } from '../../importer.js';
import { readText, type Source } from '../../source.js';

const TRACE = 'trace.txt';
const DMESG = 'dmesg.txt';

const snapshotName = (step: number): string => `snapshot-${String(step).padStart(2, '0')}.txt`;

export class RecordingFiles {
  /** The tracer's text and the log, as messages call them. */
  readonly trace: string;
  readonly log: string;
  readonly #source: Source;
  readonly #problems: ImportContext['problems'];

  constructor(source: Source, problems: ImportContext['problems']) {
    this.#source = source;
    this.#problems = problems;
    this.trace = source.label(TRACE);
    this.log = source.label(DMESG);
  }

  /** The snapshot after a step, as messages call it. */
  snapshot(step: number): string {
    return this.#source.label(snapshotName(step));
  }

  /** The tracer's bytes; undefined: there is no such file, which `missesTrace()` tells. */
  traceChunks(): AsyncIterable<Uint8Array> | undefined {
    return this.#has(TRACE) ? this.#source.chunks(TRACE) : undefined;
  }

  /** The log; '' and a problem where it is missing. */
  async logText(): Promise<string> {
    if (this.#has(DMESG)) return readText(this.#source, DMESG);
    this.#missing(DMESG);
    return '';
  }

  /** A recording without the tracer's text is a problem, not the end. */
  missesTrace(): void {
    this.#missing(TRACE);
  }

  /** Texts of snapshots by step; where `first` is said, the one after boot must be there. */
  async snapshots(first: boolean): Promise<ReadonlyMap<number, string>> {
    const texts = new Map<number, string>();
    if (first && !this.#has(snapshotName(0))) this.#missing(snapshotName(0));
    for (const name of this.#source.names) {
      const step = /^snapshot-(\d+)\.txt$/.exec(name)?.[1];
      if (step !== undefined) texts.set(Number(step), await readText(this.#source, name));
    }
    return texts;
  }

  #has(name: string): boolean {
    return this.#source.names.includes(name);
  }

  #missing(name: string): void {
    this.#problems.add(this.#source.label(name), 0, 'is missing in the recording');
  }
}
