/**
 * The memory that a run of a file of the user takes, whatever it is made of: V8 limits a worker's
 * heap, and none of the ArrayBuffers beside it. Only the process as a whole can be measured, so of
 * several workers nobody can say which one it was.
 */

/** What a run begins with: `base`, or the ids of its series. */
export interface RunBegun {
  readonly name: string;
  /** It runs files of the user. */
  readonly isOwn: boolean;
}

const MIB = 2 ** 20;
const LOOK_EVERY_MS = 50;
/** A policy of the user may take so many times as much as the base took. */
const TIMES_OF_BASE = 2;
/** What any of them may take, and where the base was known from before, MiB. */
const LEAST_MB = 512;
const UNKNOWN_MB = 2048;

const resident = (): number => process.memoryUsage.rss() / MIB;

/** Of the runs of one trace, one after the other. */
export class MemoryWatch {
  readonly #limit_mb: number;
  readonly #stop: () => void;
  #timer: NodeJS.Timeout | undefined;
  #begin_mb = resident();
  #isOwn = true;
  /** The most that a run took that runs nothing of the user; undefined: there was none. */
  #taken_mb: number | undefined;

  /** `limit_mb` 0: as it follows from the base. */
  constructor(limit_mb: number, stop: () => void) {
    this.#limit_mb = limit_mb;
    this.#stop = stop;
  }

  begins({ isOwn }: RunBegun): void {
    const now = resident();
    if (!this.#isOwn) this.#taken_mb = Math.max(this.#taken_mb ?? 0, now - this.#begin_mb);
    this.#begin_mb = now;
    this.#isOwn = isOwn;
    this.ends();
    if (isOwn) this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
  }

  #look(): void {
    const known = this.#taken_mb;
    const most = this.#limit_mb > 0 ? this.#limit_mb
      : known === undefined ? UNKNOWN_MB : Math.max(LEAST_MB, TIMES_OF_BASE * known);
    if (resident() - this.#begin_mb <= most) return;
    this.ends();
    this.#stop();
  }

  ends(): void {
    clearInterval(this.#timer);
  }
}

/** Many at once, or one alone: it waits until the others are done, and those after it wait. */
export class Turns {
  readonly #going = new Set<Promise<unknown>>();
  #alone: Promise<unknown> = Promise.resolve();

  async shared<T>(run: () => Promise<T>): Promise<T> {
    for (let before: unknown; before !== this.#alone;) {
      before = this.#alone;
      await before;
    }
    const going = run();
    this.#going.add(going);
    try {
      return await going;
    } finally {
      this.#going.delete(going);
    }
  }

  alone<T>(run: () => Promise<T>): Promise<T> {
    const mine = this.#alone.then(async () => {
      await Promise.allSettled(this.#going);
      return run();
    });
    this.#alone = mine.catch(() => undefined);
    return mine;
  }
}
