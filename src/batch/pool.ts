/**
 * Runs the traces of a batch on worker threads and gives the outcomes in the order of the jobs,
 * whatever the order in which they end. A run that takes too long or too much memory is stopped,
 * and its trace tried again without it; so nothing is lost but that run.
 */
import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { BatchJob, BatchOutcome } from './job.js';
import type { Task } from './worker.js';

export interface PoolOptions {
  /** Worker threads. */
  readonly jobs: number;
  /** Of one replay, ms; 0: no limit. */
  readonly timeout_ms: number;
  /** Of one worker's heap, MiB; 0: Node's own limit. */
  readonly memory_mb: number;
  /** Told when a trace is done. */
  readonly done?: (job: BatchJob, outcome: BatchOutcome) => void;
  /** Ends the batch: what is done is kept, the rest is left out. */
  readonly signal: AbortSignal;
}

/** Watches the runs of one trace: each has the whole time for itself. */
class RunClock {
  /** The run that is under way; undefined: the trace is being read. */
  name: string | undefined;
  readonly #limit: number;
  readonly #stop: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(limit_ms: number, stop: () => void) {
    this.#limit = limit_ms;
    this.#stop = stop;
    this.begins(undefined);
  }

  begins(name: string | undefined): void {
    this.name = name;
    clearTimeout(this.#timer);
    if (this.#limit > 0) this.#timer = setTimeout(this.#stop, this.#limit);
  }

  ends(): void {
    clearTimeout(this.#timer);
  }
}

/** Why a worker ended before its trace was done. */
function whyOf(error: unknown, late: boolean, { timeout_ms }: PoolOptions): string {
  if (late) return `did not end within ${timeout_ms / 1000} s and was stopped with its worker`;
  const text = error instanceof Error ? error.message : String(error);
  return /memory limit|out of memory/i.test(text)
    ? 'took more memory than it may have (--max-memory) and was stopped'
    : `its worker ended: ${text}`;
}

export class Pool {
  readonly #pool: Piscina;
  readonly #options: PoolOptions;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#pool = new Piscina({
      filename: new URL('./worker.js', import.meta.url).href,
      minThreads: options.jobs, maxThreads: options.jobs,
      ...(options.memory_mb > 0
        ? { resourceLimits: { maxOldGenerationSizeMb: options.memory_mb } } : {}),
    });
  }

  /** Outcomes of all jobs, begun in their order; those that were left out are not there. */
  async run(jobs: readonly BatchJob[]): Promise<ReadonlyMap<BatchJob, BatchOutcome>> {
    const outcomes = new Map<BatchJob, BatchOutcome>();
    const waiting = jobs.values();
    // A job has its port and its clock when its turn comes, not all of them at the begin.
    const lane = async (): Promise<void> => {
      for (const job of waiting) {
        const outcome = await this.#evaluate(job);
        if (outcome === undefined) continue;
        outcomes.set(job, outcome);
        this.#options.done?.(job, outcome);
      }
    };
    await Promise.all(Array.from({ length: this.#options.jobs }, lane));
    await this.#pool.destroy();
    return outcomes;
  }

  async #evaluate(job: BatchJob): Promise<BatchOutcome | undefined> {
    const { signal } = this.#options;
    if (signal.aborted) return undefined;
    const { port1, port2 } = new MessageChannel();
    const stop = new AbortController();
    let late = false;
    let clock: RunClock | undefined;
    port1.on('message', (name: string) => {
      clock ??= new RunClock(this.#options.timeout_ms, () => {
        late = true;
        stop.abort();
      });
      clock.begins(name === '' ? undefined : name);
    });
    const task: Task = { job, port: port2 };
    try {
      return await this.#pool.run(task, {
        transferList: [port2], signal: AbortSignal.any([signal, stop.signal]) }) as BatchOutcome;
    } catch (error) {
      if (signal.aborted) return undefined;
      const why = whyOf(error, late, this.#options);
      const name = clock?.name;
      const again = name !== undefined && !job.stopped.some((one) => one.name === name);
      if (!again) return { kind: 'trouble', message: `${job.path}: ${why}` };
      clock?.ends();
      const stopped = [...job.stopped, { name, why, stopped: true } as const];
      return await this.#evaluate({ ...job, stopped });
    } finally {
      clock?.ends();
      port1.close();
    }
  }
}
