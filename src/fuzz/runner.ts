/** A process that runs cases, watched: what takes too long or too much memory ends it alone. */
import { fork, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Finding } from './checks.js';
import type { Asked, Begins, Told } from './worker.js';

/** How long a case may take of a CPU, and how long it may wait for something, in s. */
const LONGEST = 10;
const LONGEST_WAIT = 120;
const HEAP_MB = 900;
const TICKS_PER_S = 100;
/** How often a case is looked at, in s. */
const LOOK = 0.5;

/** Of the process; one that has no CPU, because others have it, does not wait. */
interface Looked {
  readonly cpu_s: number;
  readonly waits: boolean;
}

/** What came of what was asked for, up to the case `number`. */
interface Came {
  readonly kinds: Readonly<Record<string, number>>;
  readonly number: number;
  readonly finding: Finding;
}

/** Where the system does not tell, the clock does. */
function look(pid: number | undefined): Looked {
  try {
    // Behind the name: the state, and as 12th and 13th field ticks in user and kernel mode.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? [];
    const ticks = Number(fields[11]) + Number(fields[12]);
    return { cpu_s: ticks / TICKS_PER_S, waits: fields[0] !== 'R' };
  } catch {
    return { cpu_s: performance.now() / 1000, waits: true };
  }
}

export class Runner {
  #child: ChildProcess | undefined;
  #words = '';

  #start(): ChildProcess {
    const child = fork(fileURLToPath(new URL('worker.js', import.meta.url)), {
      execArgv: [`--max-old-space-size=${HEAP_MB}`], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    this.#words = '';
    child.stderr?.on('data', (text: Buffer) => {
      this.#words = `${this.#words}${text}`.slice(-4000);
    });
    return child;
  }

  /** What came of it; a case that ends its process is a finding. */
  run(asked: Asked): Promise<Came> {
    const child = this.#child ??= this.#start();
    let at = 'first' in asked ? asked.first - 1 : 0;
    /** By kind, of a process that does not tell. */
    const begun: Record<string, number> = {};
    let since = { at, cpu_s: look(child.pid).cpu_s, waited: 0 };
    let isHang = false;
    return new Promise((resolve) => {
      const clock = setInterval(() => {
        const { cpu_s, waits } = look(child.pid);
        if (at !== since.at) since = { at, cpu_s, waited: 0 };
        if (waits) since.waited += LOOK;
        isHang = cpu_s - since.cpu_s > LONGEST || since.waited > LONGEST_WAIT;
        if (isHang) child.kill('SIGKILL');
      }, 1000 * LOOK);
      const end = ({ ran = begun, finding }: Told): void => {
        clearInterval(clock);
        child.removeAllListeners('message').removeAllListeners('close');
        resolve({ kinds: ran, number: at, finding });
      };
      child.on('message', (told: Told | Begins) => {
        if (!('begins' in told)) return end(told);
        at = told.begins;
        begun[told.kind] = (begun[told.kind] ?? 0) + 1;
      });
      child.once('close', (code, signal) => {
        this.#child = undefined;
        const why = /heap out of memory/.test(this.#words) ? 'memory above 1 GB'
          : (this.#words.trim().split('\n')[0] ?? '');
        end({ finding: isHang ? 'hang: more than 10 s' : `ended with ${signal ?? code}: ${why}` });
      });
      child.send(asked);
    });
  }

  stop(): void {
    this.#child?.kill('SIGKILL');
  }
}
