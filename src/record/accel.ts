import { accessSync, constants } from 'node:fs';
import { UsageError } from '../base/errors.js';
import type { Scenario } from '../trace/scenario/scenario.js';
import { GuestLost } from './console.js';
import { type Accel, bootGuest, type Guest, type GuestOptions } from './guest.js';
import { interruptedBy } from './interrupt.js';
import type { KernelImage } from './kernel_image.js';

/** A kernel under a KVM that works has booted long before, in seconds. */
const KVM_BOOT_SECONDS = 20;

/** Whether /dev/kvm may be opened; that KVM then runs a guest is another matter. */
function mayUseKvm(): boolean {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** What a recording is made with; KVM or TCG is chosen when `accel` is undefined. */
export type RecordWith = Omit<GuestOptions, 'accel'> & { readonly accel: Accel | undefined };

/**
 * Boots with KVM when that can be used, else with TCG. A KVM that is there and does not bring the
 * guest to a word (nested virtualization that is only half there) counts as one that cannot.
 * @throws as `bootGuest`
 */
export async function bootWithBestAccel(
  scenario: Scenario, kernel: KernelImage,
  options: RecordWith,
): Promise<{ readonly guest: Guest; readonly accel: Accel }> {
  const accel = options.accel ?? (mayUseKvm() ? 'kvm' : 'tcg');
  const maybeBroken = options.accel === undefined && accel === 'kvm';
  const boot_s = maybeBroken ? Math.min(KVM_BOOT_SECONDS, options.boot_s) : options.boot_s;
  try {
    return { guest: await bootGuest(scenario, kernel, { ...options, accel, boot_s }), accel };
  } catch (error) {
    const silent = error instanceof UsageError || (error instanceof GuestLost && error.log === '');
    if (!maybeBroken || !silent || interruptedBy() !== undefined) throw error;
    return { guest: await bootGuest(scenario, kernel, { ...options, accel: 'tcg' }), accel: 'tcg' };
  }
}
