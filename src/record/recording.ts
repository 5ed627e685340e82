import { accessSync, constants, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { reasonOf, UsageError } from '../base/errors.js';
import { makeFolders } from '../base/write_file.js';
import type { Step } from '../trace/scenario/actions.js';
import type { Scenario } from '../trace/scenario/scenario.js';
import { cxlArgs, memoryArgs } from './qemu_args.js';
import type { StepResult } from './action.js';
import type { LostEvents } from '../trace/kernel_text/recording/recording_info.js';

/** What a recording came to. */
export interface Outcome {
  /** ended: every step ran; panic, hang, exit: the guest was lost, see `console.txt`. */
  readonly status: 'ended' | 'panic' | 'hang' | 'exit';
  readonly detail: string;
}

export interface RecordedStep extends StepResult {
  readonly step: number;
  readonly action: string;
  /** In seconds of the trace's clock; a full buffer may have lost the mark. */
  readonly began?: number;
}

/** Everything that `info.json` says of a recording. */
export interface RecordingInfo {
  readonly scenario: Scenario;
  /** Release and version as `uname -r` and `uname -v` print them. */
  readonly kernel: readonly [release: string, version: string];
  readonly accel: string | undefined;
  readonly steps: readonly RecordedStep[];
  /** What the kernel had no probe for, as the recorder says it. */
  readonly lacks: readonly string[];
  /** Events that did not fit into the buffer. */
  readonly lost: readonly LostEvents[];
  /** vm.lowmem_reserve_ratio when all was recorded, joined by `/`. */
  readonly lowmem_reserve_ratio: string | undefined;
  readonly outcome: Outcome;
}

/** A step and its result in the order of fields that recordings have. */
export function recordedStep(
  number: number, step: Step, result: StepResult, began: number | undefined,
): RecordedStep {
  const { action, ...fields } = step;
  const { rc, ...rest } = result;
  return { step: number, action, rc, ...(began === undefined ? {} : { began }), ...fields,
    ...rest };
}

/** Traces above this size in bytes are compressed. */
const LARGE_TRACE = 1 << 20;

/** The files of a recording: of an earlier one in the same folder none stays. */
const isOfRecording = (name: string): boolean =>
  /^(trace\.txt|trace\.txt\.gz|dmesg\.txt|console\.txt|info\.json|snapshot-\d+\.txt)$/.test(name);

/** Writes a recording folder, made with its first file. */
export class RecordingFolder {
  readonly path: string;
  #isOurs = false;

  constructor(path: string) {
    this.path = path;
  }

  /** Makes the folder, or finds that nothing can be written there. Error: UsageError. */
  make(): void {
    try {
      makeFolders(this.path);
      accessSync(this.path, constants.W_OK);
    } catch (error) {
      throw new UsageError(`${this.path} cannot be written: ${reasonOf(error as Error)}`);
    }
  }

  /** The first file of a recording takes the place of all files of an earlier one. */
  write(name: string, data: Buffer | string): void {
    if (!this.#isOurs) {
      this.make();
      for (const old of readdirSync(this.path).filter(isOfRecording)) rmSync(join(this.path, old));
      this.#isOurs = true;
    }
    writeFileSync(join(this.path, name), data);
  }

  /** It may have been small at the snapshot before. */
  writeTrace(trace: Buffer): void {
    for (const name of ['trace.txt', 'trace.txt.gz']) {
      rmSync(join(this.path, name), { force: true });
    }
    if (trace.length > LARGE_TRACE) this.write('trace.txt.gz', gzipSync(trace));
    else this.write('trace.txt', trace);
  }

  writeInfo(info: RecordingInfo): void {
    const { scenario, outcome } = info;
    const { machine } = scenario;
    this.write('info.json', JSON.stringify({
      name: scenario.name, note: scenario.note,
      qemu: {
        machine: machine.type, smp: machine.cpus,
        args: [...memoryArgs(machine), ...cxlArgs(machine)],
      },
      cmdline: scenario.cmdline, kernel: info.kernel, steps: info.steps,
      recorder: { level: scenario.level, buffer_kb: scenario.buffer_kb, accel: info.accel,
        lacks: info.lacks, lost: info.lost,
        lowmem_reserve_ratio: info.lowmem_reserve_ratio },
      outcome,
    }, null, 1));
  }
}
