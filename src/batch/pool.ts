/**
 * Runs the traces of a batch on worker threads and gives the outcomes in the order of the jobs,
 * whatever the order in which they end. A run that takes too long or too much memory is stopped,
 * and its trace tried again without it; so nothing is lost but that run.
 */
import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { BatchJob, BatchOutcome } from './job.js';
import { MemoryWatch, Turns, type RunBegun } from './memory_watch.js';
import type { Task } from './worker.js';

export interface PoolOptions {
  /** Worker threads. */
  readonly jobs: number;
  /** Of one replay, ms; 0: no limit. */
  readonly timeout_ms: number;
  /** Of one worker's heap, and of all that a policy of the user takes, MiB; 0: by the base. */
  readonly memory_mb: number;
  /** Told when a trace is done. */
  readonly done?: (job: BatchJob, outcome: BatchOutcome) => void;
  /** Ends the batch: what is done is kept, the rest is left out. */
  readonly signal: AbortSignal;
}

/** Why a run was stopped from here. */
type Limit = 'time' | 'memory';

/** Watches the runs of one trace: each has the whole time and memory for itself. */
class RunClock {
  /** The run that is under way; undefined: the trace is being read. */
  name: string | undefined;
  /** What it went beyond. */
  beyond: Limit | undefined;
  readonly #limit: number;
  readonly #stop: AbortController;
  readonly #memory: MemoryWatch;
  #timer: NodeJS.Timeout | undefined;

  constructor({ timeout_ms, memory_mb }: PoolOptions, stop: AbortController) {
    this.#limit = timeout_ms;
    this.#stop = stop;
    this.#memory = new MemoryWatch(memory_mb, () => this.#end('memory'));
  }

  begins(run: RunBegun): void {
    this.name = run.name === '' ? undefined : run.name;
    clearTimeout(this.#timer);
    if (this.#limit > 0) this.#timer = setTimeout(() => this.#end('time'), this.#limit);
    this.#memory.begins(run);
  }

  #end(beyond: Limit): void {
    this.beyond ??= beyond;
    this.#stop.abort();
  }

  ends(): void {
    clearTimeout(this.#timer);
    this.#memory.ends();
  }
}

const FULL = 'took more memory than it may have (--max-memory) and was stopped';

/** Why a worker ended before its trace was done. */
function whyOf(error: unknown, beyond: Limit | undefined, { timeout_ms }: PoolOptions): string {
  if (beyond === 'memory') return FULL;
  if (beyond === 'time') {
    return `did not end within ${timeout_ms / 1000} s and was stopped with its worker`;
  }
  const text = error instanceof Error ? error.message : String(error);
  return /memory limit|out of memory/i.test(text) ? FULL : `its worker ended: ${text}`;
}

export class Pool {
  readonly #pool: Piscina;
  readonly #options: PoolOptions;
  readonly #turns = new Turns();
  /** Several traces at a time. */
  #isShared = false;

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
    this.#isShared = this.#options.jobs > 1 && jobs.length > 1;
    // A job has its port and its clock when its turn comes, not all of them at the begin.
    const lane = async (): Promise<void> => {
      for (const job of waiting) {
        const outcome = await this.#outcomeOf(job);
        if (outcome === undefined) continue;
        outcomes.set(job, outcome);
        this.#options.done?.(job, outcome);
      }
    };
    await Promise.all(Array.from({ length: this.#options.jobs }, lane));
    await this.#pool.destroy();
    return outcomes;
  }

  /** Where memory ran out beside others it is done once more alone: so it is known who had it. */
  async #outcomeOf(job: BatchJob): Promise<BatchOutcome | undefined> {
    const outcome = await this.#turns.shared(() => this.#evaluate(job, !this.#isShared));
    if (outcome !== 'unclear') return outcome;
    const alone = await this.#turns.alone(() => this.#evaluate(job, true));
    return alone === 'unclear' ? undefined : alone;
  }

  async #evaluate(job: BatchJob, isAlone: boolean): Promise<BatchOutcome | undefined | 'unclear'> {
    const { signal } = this.#options;
    if (signal.aborted) return undefined;
    const { port1, port2 } = new MessageChannel();
    const stop = new AbortController();
    let clock: RunClock | undefined;
    port1.on('message', (run: RunBegun) => {
      clock ??= new RunClock(this.#options, stop);
      clock.begins(run);
    });
    const task: Task = { job, port: port2 };
    try {
      return await this.#pool.run(task, {
        transferList: [port2], signal: AbortSignal.any([signal, stop.signal]) }) as BatchOutcome;
    } catch (error) {
      if (signal.aborted) return undefined;
      if (clock?.beyond === 'memory' && !isAlone) return 'unclear';
      const why = whyOf(error, clock?.beyond, this.#options);
      const name = clock?.name;
      const again = name !== undefined && !job.stopped.some((one) => one.name === name);
      if (!again) return { kind: 'trouble', message: `${job.path}: ${why}` };
      clock?.ends();
      const stopped = [...job.stopped, { name, why, stopped: true } as const];
      return await this.#evaluate({ ...job, stopped }, isAlone);
    } finally {
      clock?.ends();
      port1.close();
    }
  }
}
