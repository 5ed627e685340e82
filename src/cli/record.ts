import { join } from 'node:path';
import { UsageError } from '../base/errors.js';
import type { RecordWith } from '../record/accel.js';
import type { Accel } from '../record/guest.js';
import { findBusybox } from '../record/initramfs.js';
import { interruptedBy, untilSignal } from '../record/interrupt.js';
import { type KernelImage, openKernelImage } from '../record/kernel_image.js';
import { recordable, type RecordableScenario as Scenario } from '../record/recordable.js';
import { recordScenario } from '../record/record_scenario.js';
import { bootWords, readLocatedScenario } from '../trace/scenario/scenario.js';
import { defineCommand } from './program/command.js';
import { tell } from './program/deliver.js';
import { MOST_SECONDS, numberOption } from './program/options.js';

const say = (line: string): void => tell(`${line}\n`);

/** Records on one kernel after the other; true when every guest lived to the end. */
async function recordAll(
  scenario: Scenario, kernels: readonly KernelImage[], out: string, options: RecordWith,
): Promise<boolean> {
  let { accel } = options;
  let allEnded = true;
  for (const kernel of kernels) {
    const folder = join(out, `${kernel.release}-${scenario.name}`);
    say(`${scenario.name} on ${kernel.release}`);
    const recorded = await recordScenario(scenario, kernel, folder, { ...options, accel }, say);
    const { status, detail } = recorded.outcome;
    say(`${folder}: ${[status, detail].filter((text) => text !== '').join(': ')}`);
    accel = recorded.accel;
    allEnded &&= status === 'ended';
    if (interruptedBy() !== undefined) break;
  }
  return allEnded;
}

export default defineCommand({
  usage: 'record <scenario>',
  doc: 'Boot kernels in QEMU, drive a scenario, write a recording for each',
  options: (yargs) => yargs
    .positional('scenario', { type: 'string', demandOption: true,
      describe: 'scenario file; traces/scenarios has some and describes the format' })
    .option('kernel', { type: 'string', array: true, demandOption: true, requiresArg: true,
      describe: 'vmlinuz or bzImage; may be given more than once' })
    .option('out', { alias: 'o', type: 'string', demandOption: true, requiresArg: true,
      describe: 'folder in which a folder RELEASE-SCENARIO is made for each kernel' })
    .option('append', { type: 'string', requiresArg: true,
      describe: 'more boot parameters, such as the one that chooses a variant of your own kernel' })
    .option('modules', { type: 'string', requiresArg: true,
      describe: 'folder of the modules, when it is not beside the image or in /lib/modules' })
    .option('busybox', { type: 'string', requiresArg: true, describe: 'a static busybox' })
    .option('qemu', { type: 'string', requiresArg: true,
      default: 'qemu-system-x86_64', describe: 'QEMU to use' })
    .option('accel', { choices: ['kvm', 'tcg'] satisfies readonly Accel[], requiresArg: true,
      describe: 'KVM or TCG; default: KVM when it can be used' })
    .option('boot', { ...numberOption('boot', 'how long booting may take, in s', 1, MOST_SECONDS),
      default: 120 })
    .epilogue('Before anything boots, each step and part of the machine that a kernel under QEMU '
      + 'cannot do is named, and why. Exit status: 0, or 1 when a guest was lost (crash, hang); '
      + 'its recording says how.'),
  run: async ({ scenario: file, kernel, append, out, modules, busybox, qemu, accel, boot }) => {
    const scenario = recordable(file, readLocatedScenario(file));
    const cmdline = [scenario.cmdline, append ?? ''].filter((words) => words !== '').join(' ');
    if (!bootWords.like.test(cmdline)) {
      throw new UsageError(
        `--append: with the scenario's own, expected ${bootWords.says} of ASCII`);
    }
    const kernels = kernel.map((image) => openKernelImage(image, modules));
    const options = { busybox: findBusybox(busybox), qemu, accel, boot_s: boot };
    return untilSignal(async () =>
      (await recordAll({ ...scenario, cmdline }, kernels, out, options) ? 0 : 1));
  },
});
