import { UsageError } from '../base/errors.js';
import { markText } from '../trace/scenario/actions.js';
import { bootWithBestAccel, type RecordWith } from './accel.js';
import { actions, quote } from './actions.js';
import { Console, GuestLost } from './console.js';
import { type Accel, type Guest, printBlockedTasks } from './guest.js';
import { interruptedBy } from './interrupt.js';
import { keptLog } from './kept_log.js';
import type { KernelImage } from './kernel_image.js';
import type { RecordableScenario as Scenario, RecordableStep as Step } from './recordable.js';
import { type Outcome, type RecordedStep, recordedStep, RecordingFolder,
  type RecordingInfo } from './recording.js';

const FOLDER = '/run/recording';
const RECORDER = 'sh /record.sh';
const TRACE = 'cat /sys/kernel/tracing/instances/mmreplay/trace';
/** How long setting up, a snapshot or the end may take, in seconds. */
const RECORDER_SECONDS = 120;

/** Told what happens, one line each. */
export type Report = (line: string) => void;

/**
 * Runs the recorder in the guest; what it prints.
 * @throws UsageError with its message when it cannot record on this kernel
 */
async function recorder(guest: Guest, words: string): Promise<string> {
  const { rc, stdout, stderr } = await guest.console.run(`${RECORDER} ${words}`, RECORDER_SECONDS);
  if (rc !== 0) throw new UsageError(`the recorder in the guest cannot record: ${stderr}`);
  return stdout;
}

const stepNumber = (number: number): string => String(number).padStart(2, '0');

/** One scenario on one kernel: what was gathered so far is kept when the guest is lost. */
class Session {
  readonly #guest: Guest;
  readonly #scenario: Scenario;
  readonly #folder: RecordingFolder;
  #log = '';
  readonly steps: RecordedStep[] = [];
  kernel: readonly [release: string, version: string] = ['', ''];
  lacks: readonly string[] = [];
  lost: RecordingInfo['lost'] = [];
  lowmem_reserve_ratio: string | undefined;

  constructor(guest: Guest, scenario: Scenario, folder: RecordingFolder) {
    this.#guest = guest;
    this.#scenario = scenario;
    this.#folder = folder;
  }

  async begin(): Promise<void> {
    const { level, buffer_kb } = this.#scenario;
    const uname = await this.#guest.console.run('uname -r; uname -v', RECORDER_SECONDS);
    const [release = '', version = ''] = uname.stdout.split('\n');
    this.kernel = [release, version];
    await recorder(this.#guest, `-l ${level} -b ${buffer_kb} begin ${FOLDER}`);
    this.lacks = await this.#lines('.lacks');
    await this.snapshot(0);
  }

  async #lines(file: string): Promise<string[]> {
    const text = (await this.#guest.console.run(`cat ${FOLDER}/${file}`, RECORDER_SECONDS)).stdout;
    return text.split('\n').filter((line) => line !== '');
  }

  /** Also fetches trace and log, as long as they are small: the guest may not live to the end. */
  async snapshot(number: number): Promise<void> {
    const name = stepNumber(number);
    const script = `${RECORDER} snapshot ${FOLDER} ${name}; cat ${FOLDER}/snapshot-${name}.txt`;
    this.#folder.write(`snapshot-${name}.txt`, await this.#guest.fetch(script));
    if (this.#scenario.level === 'page') return;
    this.#folder.writeTrace(await this.#guest.fetch(TRACE));
    await this.#writeLog();
  }

  async #writeLog(): Promise<void> {
    this.#log = keptLog(this.#log, (await this.#guest.fetch('dmesg')).toString('utf8'));
    this.#folder.write('dmesg.txt', Buffer.from(this.#log));
  }

  async step(number: number, step: Step): Promise<RecordedStep> {
    const each = this.#scenario.snapshots === 'each';
    const printed =
      await recorder(this.#guest, `mark ${FOLDER} ${number} ${quote(markText(step))}`);
    const began = /^began (\d+\.\d+)$/m.exec(printed)?.[1];
    const result = await actions[step.action](this.#guest, step, this.#scenario.timeout_s);
    const recorded = recordedStep(number, step, result,
      began === undefined ? undefined : Number(began));
    this.steps.push(recorded);
    if (each) {
      if (this.#scenario.level !== 'page') await recorder(this.#guest, `pause ${FOLDER}`);
      await this.snapshot(number);
    }
    return recorded;
  }

  async end(): Promise<void> {
    const { level, snapshots, steps } = this.#scenario;
    // At level page the snapshot is part of what is traced.
    if (level !== 'page') await recorder(this.#guest, `pause ${FOLDER}`);
    if (snapshots === 'ends') await this.snapshot(steps.length);
    await recorder(this.#guest, `pause ${FOLDER}`);
    this.#folder.writeTrace(await this.#guest.fetch(TRACE));
    await this.#writeLog();
    // Nothing is restored: this guest ends now, and where a task spins in a traced function the
    // probes would not go.
    await recorder(this.#guest, `last ${FOLDER}`);
    this.lost = (await this.#lines('.lost')).map((line) => {
      const [cpu, events, which] = line.split(' ');
      return { cpu: Number(cpu), events: Number(events),
        ...(which === 'first' || which === 'some' ? { which } : {}) };
    });
    [this.lowmem_reserve_ratio] = await this.#lines('.ratio');
  }
}

async function runSteps(session: Session, scenario: Scenario, report: Report): Promise<Outcome> {
  await session.begin();
  for (const [index, step] of scenario.steps.entries()) {
    const { rc } = await session.step(index + 1, step);
    report(`  step ${index + 1}: ${markText(step)}: ${rc === 0 ? 'ok' : `rc ${rc}`}`);
  }
  await session.end();
  return { status: 'ended', detail: '' };
}

async function lostOutcome(guest: Guest | undefined, folder: RecordingFolder, error: unknown):
Promise<Outcome> {
  if (!(error instanceof GuestLost)) throw error;
  if (error.kind === 'hang' && guest !== undefined) await printBlockedTasks(guest);
  folder.write('console.txt', Console.kernelText(guest?.console.log ?? error.log));
  const signal = interruptedBy();
  const detail = signal === undefined ? error.message : `ended by ${signal}`;
  return { status: error.kind, detail };
}

/** What a recording came to, and what it was made with; the next one can begin with that. */
export interface Recorded {
  readonly outcome: Outcome;
  readonly accel: Accel | undefined;
}

/**
 * Boots the kernel, drives the scenario, and writes the recording into the folder `path`. A panic
 * or a hang of the guest is an outcome; what was recorded until then is kept, with the console.
 * @throws Error when QEMU or the recorder cannot do their part
 */
export async function recordScenario(
  scenario: Scenario, kernel: KernelImage, path: string, options: RecordWith, report: Report,
): Promise<Recorded> {
  const folder = new RecordingFolder(path);
  // Before anything boots: where nothing can be written nothing is recorded.
  folder.make();
  let [guest, session]: [Guest | undefined, Session | undefined] = [undefined, undefined];
  let accel = options.accel;
  let outcome: Outcome;
  try {
    ({ guest, accel } = await bootWithBestAccel(scenario, kernel, options));
    session = new Session(guest, scenario, folder);
    outcome = await runSteps(session, scenario, report);
  } catch (error) {
    outcome = await lostOutcome(guest, folder, error);
  } finally {
    await guest?.stop();
  }
  const { steps = [], lacks = [], lost = [], lowmem_reserve_ratio } = session ?? {};
  const uname = session?.kernel ?? [kernel.release, ''] as const;
  folder.writeInfo({
    scenario, kernel: uname, accel, steps, lacks, lost, lowmem_reserve_ratio, outcome,
  });
  return { outcome, accel };
}
