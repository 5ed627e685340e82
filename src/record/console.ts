import type { Readable, Writable } from 'node:stream';

/** What a command in the guest came to. */
export interface CommandResult {
  readonly rc: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a guest was lost; recorded as the outcome of the scenario. */
export class GuestLost extends Error {
  readonly kind: 'panic' | 'hang' | 'exit';
  /** What the console had printed. */
  readonly log: string;

  constructor(kind: 'panic' | 'hang' | 'exit', message: string, log: string) {
    super(message);
    this.name = 'GuestLost';
    this.kind = kind;
    this.log = log;
  }
}

const panicText = /Kernel panic - not syncing: [^\n]*\n/;
/** A panicked guest reboots (`panic=-1`), which ends QEMU; its stacks come before that. */
const PANIC_MS = 10_000;

function decode(text: string | undefined): string {
  return text === undefined || text === '-' ? '' : Buffer.from(text, 'base64').toString().trimEnd();
}

/** The serial console of the guest: runs commands through the loop in `guest_init.sh`. */
export class Console {
  /** Everything the guest printed, answers to commands too. */
  log = '';
  #nextId = 1;
  #ended: string | undefined;
  #changed: () => void = () => {};
  readonly #input: Writable;

  constructor(output: Readable, input: Writable) {
    this.#input = input;
    input.on('error', () => this.end('QEMU no longer reads'));
    output.on('data', (chunk: Buffer) => {
      this.log += chunk.toString('latin1');
      this.#changed();
    });
  }

  /** QEMU has ended; whoever waits is told. */
  end(reason: string): void {
    this.#ended ??= reason;
    this.#changed();
  }

  /** Waits for text on the console. @throws GuestLost after `seconds`, a panic, QEMU's end */
  async waitFor(pattern: RegExp, seconds: number, what: string): Promise<RegExpExecArray> {
    const deadline = Date.now() + seconds * 1000;
    for (;;) {
      const match = pattern.exec(this.log);
      if (match !== null) return match;
      await this.#checkAlive();
      const left = deadline - Date.now();
      if (left <= 0) throw new GuestLost('hang', `${what}: no answer in ${seconds} s`, this.log);
      // No longer than this at once: what came during the check above woke nobody.
      await this.#change(Math.min(left, 200));
    }
  }

  async #checkAlive(): Promise<void> {
    const panic = panicText.exec(this.log);
    if (panic !== null) {
      const deadline = Date.now() + PANIC_MS;
      while (this.#ended === undefined && Date.now() < deadline) await this.#change(100);
      throw new GuestLost('panic', panic[0].trim(), this.log);
    }
    if (this.#ended !== undefined) throw new GuestLost('exit', this.#ended, this.log);
  }

  #change(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#changed = () => { clearTimeout(timer); resolve(); };
    });
  }

  /** Types on the serial line, beside the commands. */
  type(text: string): void {
    this.#input.write(text);
  }

  /** What the kernel printed: the log without the answers to commands. */
  static kernelText(log: string): string {
    return log.replace(/^@@[^\n]*\n/gm, '');
  }

  /** Runs a shell script in the guest. @throws GuestLost when it does not come back */
  async run(script: string, seconds: number): Promise<CommandResult> {
    const id = `c${this.#nextId}`;
    this.#nextId += 1;
    this.#input.write(`${id} ${Buffer.from(script).toString('base64')}\n`);
    const answer = new RegExp(`@@${id} (\\d+) (\\S+) (\\S+)\\r?\\n`);
    const match = await this.waitFor(answer, seconds, script.split('\n')[0] ?? '');
    return { rc: Number(match[1]), stdout: decode(match[2]), stderr: decode(match[3]) };
  }
}
