/** How far a batch has come, on stderr: a line that is overwritten on a terminal, else now and then. */

/** Between two lines when stderr is no terminal, ms. */
const LINE_EVERY = 10_000;

export class Progress {
  readonly #quiet: boolean;
  readonly #begun = performance.now();
  #told = performance.now();
  #onLine = false;

  constructor(quiet: boolean) {
    this.#quiet = quiet;
  }

  tell(done: number, all: number, path: string): void {
    if (this.#quiet || all < 2) return;
    const now = performance.now();
    const seconds = (now - this.#begun) / 1000;
    const rate = done / Math.max(seconds, 0.001);
    const left = Math.ceil((all - done) / rate);
    const text = `${done}/${all}, ${rate.toFixed(1)} a second, ${left} s left`;
    if (process.stderr.isTTY) {
      process.stderr.write(`\r\x1b[K${text}  ${path.slice(-40)}`);
      this.#onLine = true;
    } else if (now - this.#told >= LINE_EVERY) {
      process.stderr.write(`${text}\n`);
      this.#told = now;
    }
  }

  end(): void {
    if (this.#onLine) process.stderr.write('\r\x1b[K');
  }
}
