import { join } from 'node:path';
import type { CommandModule } from 'yargs';
import type { Accel } from '../record/guest.js';
import { findBusybox } from '../record/initramfs.js';
import { openKernelImage } from '../record/kernel_image.js';
import { recordScenario } from '../record/record_scenario.js';
import { readScenario } from '../record/scenario.js';

interface RecordOptions {
  readonly scenario: string;
  readonly kernel: readonly string[];
  readonly out: string;
  readonly modules: string | undefined;
  readonly busybox: string | undefined;
  readonly qemu: string;
  readonly accel: Accel | undefined;
  readonly boot: number;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function record(options: RecordOptions): Promise<void> {
  const scenario = readScenario(options.scenario);
  const kernels = options.kernel.map((file) => openKernelImage(file, options.modules));
  let accel = options.accel;
  const busybox = findBusybox(options.busybox);
  for (const kernel of kernels) {
    const folder = join(options.out, `${kernel.release}-${scenario.name}`);
    say(`${scenario.name} on ${kernel.release}`);
    const recorded = await recordScenario(scenario, kernel, folder,
      { busybox, qemu: options.qemu, accel, boot_s: options.boot }, say);
    accel = recorded.accel;
    const { status, detail } = recorded.outcome;
    say(`${folder}: ${status}${detail === '' ? '' : `: ${detail}`} (${accel ?? 'not booted'})`);
  }
}

export default {
  command: 'record <scenario>',
  describe: 'Boot kernels in QEMU, drive a scenario, write a recording for each',
  builder: (yargs) => yargs
    .positional('scenario', { type: 'string', demandOption: true,
      describe: 'scenario file; traces/scenarios has some and describes the format' })
    .option('kernel', { type: 'string', array: true, demandOption: true, requiresArg: true,
      describe: 'vmlinuz or bzImage; may be given more than once' })
    .option('out', { alias: 'o', type: 'string', demandOption: true, requiresArg: true,
      describe: 'folder in which a folder RELEASE-SCENARIO is made for each kernel' })
    .option('modules', { type: 'string', requiresArg: true,
      describe: 'folder of the modules, when it is not beside the image or in /lib/modules' })
    .option('busybox', { type: 'string', requiresArg: true, describe: 'a static busybox' })
    .option('qemu', { type: 'string', default: 'qemu-system-x86_64', describe: 'QEMU to use' })
    .option('accel', { choices: ['kvm', 'tcg'] as const, requiresArg: true,
      describe: 'KVM, or TCG; default: KVM when it can be used' })
    .option('boot', { type: 'number', default: 120, describe: 'how long booting may take, in s' }),
  handler: record,
} satisfies CommandModule<object, RecordOptions>;
