/** A process that runs cases, watched: what takes too long or too much memory ends it alone. */
import { fork, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Asked, Told } from './worker.js';

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
  run(asked: Asked): Promise<Told> {
    const child = this.#child ??= this.#start();
    const { cpu_s: before } = look(child.pid);
    let isHang = false;
    let waited = 0;
    let begun: Told = {};
    return new Promise((resolve) => {
      const clock = setInterval(() => {
        const { cpu_s: now, waits } = look(child.pid);
        if (waits) waited += LOOK;
        isHang = now - before > LONGEST || waited > LONGEST_WAIT;
        if (isHang) child.kill('SIGKILL');
      }, 1000 * LOOK);
      const end = (told: Told): void => {
        clearInterval(clock);
        child.removeAllListeners('message').removeAllListeners('close');
        resolve({ ...begun, ...told });
      };
      child.on('message', ({ begins, ...told }: Told) => {
        if (begins === true) begun = told;
        else end(told);
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
