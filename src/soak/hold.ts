/** One random scenario on one kernel: recorded, then every fact of it held against the model. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { TraceError, UsageError, PatchError } from '../base/errors.js';
import { writeFileWhole } from '../base/write_file.js';
import type { RecordWith } from '../record/accel.js';
import { endedBySignal } from '../record/interrupt.js';
import type { KernelImage } from '../record/kernel_image.js';
import { recordable } from '../record/recordable.js';
import { recordScenario } from '../record/record_scenario.js';
import { versionOfHeader } from '../replay/version.js';
import { readTrace } from '../trace/read.js';
import { generateScenarioFile } from '../trace/scenario/generate/generate.js';
import { locateScenario, type Scenario } from '../trace/scenario/scenario.js';
import type { Verification } from '../verify/facts.js';
import { verify } from '../verify/verify.js';

/** What a scenario came to on a kernel. */
export interface Soaked {
  readonly seed: number;
  /** As `uname -r` prints it. */
  readonly release: string;
  readonly level: Scenario['level'];
  /** Where the recording was kept; undefined: all facts agree and the guest lived. */
  readonly kept: string | undefined;
  /** Undefined when it could not be verified. */
  readonly result: Verification | undefined;
  /** Why it could not, or what became of the guest. */
  readonly trouble: string | undefined;
}

export interface SoakOptions {
  readonly record: RecordWith;
  /** Folder for what is kept. */
  readonly out: string;
  /** Also what agrees is kept. */
  readonly keep: boolean;
  readonly level?: Scenario['level'] | undefined;
  readonly wide?: boolean;
}

function messageOf(error: unknown): string {
  const known = error instanceof TraceError || error instanceof UsageError
    || error instanceof PatchError;
  // Anything else is a bug of ours, which a soak is there to find: with the place.
  return known ? error.message : `${(error as Error).stack ?? String(error)}`;
}

async function verified(folder: string, name: string): Promise<Pick<Soaked, 'result' | 'trouble'>> {
  const { trace, problems } = await readTrace(folder, { config: {} });
  const result = verify(trace, { version: versionOfHeader(trace.header), series: [], name });
  const [first] = problems;
  return { result, trouble: first === undefined ? undefined : `not read: ${first.message}` };
}

/** What is wrong goes into the result: one bad scenario does not end a soak. */
export async function soakOne(
  seed: number, kernel: KernelImage, options: SoakOptions,
): Promise<Soaked> {
  const file = generateScenarioFile(seed, { wide: options.wide ?? false,
    ...(options.level === undefined ? {} : { level: options.level }) });
  const name = `seed ${seed}`;
  const scenario = recordable(name, locateScenario(name, JSON.stringify(file)));
  const folder = join(options.out, `${kernel.release}-${scenario.name}`);
  let found: Pick<Soaked, 'result' | 'trouble'>;
  try {
    const { outcome } = await recordScenario(scenario, kernel, folder, options.record, () => {});
    const lost = outcome.status === 'ended' ? undefined : `${outcome.status}: ${outcome.detail}`;
    const held = await endedBySignal(() => verified(folder, scenario.name));
    found = { ...held, trouble: lost ?? held.trouble };
  } catch (error) {
    found = { result: undefined, trouble: messageOf(error) };
  }
  const agrees = found.result?.disagree.length === 0 && found.trouble === undefined;
  const isKept = options.keep || !agrees;
  const text = `${JSON.stringify(file, undefined, 2)}\n`;
  if (isKept) writeFileWhole(join(folder, 'scenario.json'), text);
  else rmSync(folder, { recursive: true, force: true });
  return {
    seed, release: kernel.release, level: scenario.level, kept: isKept ? folder : undefined,
    ...found,
  };
}
