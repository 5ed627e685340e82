/**
 * `npm run soak -- --seed N --kernel IMAGE [--count K]`: random scenarios, recorded on real kernels
 * and held against the model. Exit status: 0 all facts agree, 1 something disagrees or a guest was
 * lost, 2 wrong usage.
 */
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { UsageError } from '../base/errors.js';
import { printableLine } from '../base/printable.js';
import { numberOption } from '../cli/program/options.js';
import { findBusybox } from '../record/initramfs.js';
import { interruptedBy, untilSignal } from '../record/interrupt.js';
import { openKernelImage } from '../record/kernel_image.js';
import { soakedLine, soakFigures } from './figures.js';
import { soakOne, type Soaked, type SoakOptions } from './hold.js';

const parsed = yargs(hideBin(process.argv))
  .usage('npm run soak -- --seed N --kernel IMAGE [--count K]')
  .strict()
  .fail((message: string, error: Error | undefined) => {
    if (error !== undefined && error.name !== 'YError') throw error;
    process.stderr.write(`error: ${printableLine(message)}; --help shows what can be said\n`);
    process.exit(2);
  })
  .option('seed', { demandOption: true,
    ...numberOption('seed', 'of the first scenario; the next one has the next number') })
  .option('count', { ...numberOption('count', 'how many scenarios', 1), default: 1 })
  .option('kernel', { type: 'string', array: true, demandOption: true, requiresArg: true,
    describe: 'vmlinuz or bzImage; may be given more than once' })
  .option('level', { choices: ['hotplug', 'page'] as const, requiresArg: true,
    describe: 'of all scenarios; default: as the seed says' })
  .option('wide', { type: 'boolean', default: false,
    describe: 'also what is rare: faked nodes, holes, offlines that race with other steps' })
  .option('out', { alias: 'o', type: 'string', default: 'soak', requiresArg: true,
    describe: 'folder for the recordings that disagree, each with its scenario' })
  .option('keep', { type: 'boolean', default: false, describe: 'keep those that agree as well' })
  .option('accel', { choices: ['kvm', 'tcg'] as const, requiresArg: true,
    describe: 'KVM or TCG; default: KVM when it can be used' })
  .option('qemu', { type: 'string', default: 'qemu-system-x86_64', requiresArg: true,
    describe: 'QEMU to use' });

async function soak(): Promise<number> {
  const args = await parsed.parseAsync();
  const kernels = args.kernel.map((file) => openKernelImage(file));
  const options: SoakOptions = {
    out: args.out, keep: args.keep, level: args.level, wide: args.wide,
    record: { busybox: findBusybox(), qemu: args.qemu, accel: args.accel, boot_s: 240 },
  };
  const all: Soaked[] = [];
  for (let seed = args.seed; seed < args.seed + args.count; seed++) {
    for (const kernel of kernels) {
      if (interruptedBy() !== undefined) break;
      const one = await soakOne(seed, kernel, options);
      process.stdout.write(`${soakedLine(one)}\n`);
      all.push(one);
    }
  }
  process.stdout.write(`\n${[...soakFigures(all)].join('\n')}\n`);
  return all.every(({ result, trouble }) =>
    trouble === undefined && result?.disagree.length === 0) ? 0 : 1;
}

try {
  process.exitCode = await untilSignal(soak);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`soak: ${error.message}\n`);
  process.exitCode = 2;
}
