/**
 * A signal that is to end this program ends its guest: QEMU would go on without us, and its files
 * would stay. What was recorded until then is written as for any guest that is lost. SIGPIPE ends
 * no Node program: it is that of any pipe, also of a guest's.
 */
import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';

const signals = [
  'SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGALRM',
] as const;

const guests = new Set<ChildProcess>();
let received: (typeof signals)[number] | undefined;
/** Who is told of a signal now. */
let told: ((signal: (typeof signals)[number]) => void) | undefined;

/** The signal that came, if one did. */
export const interruptedBy = (): string | undefined => received;

/** From now on the guest ends with us. */
export function endWithUs(guest: ChildProcess): void {
  if (received !== undefined) guest.kill('SIGKILL');
  guests.add(guest);
  guest.once('close', () => guests.delete(guest));
}

/** Does the work; its exit status, or that of a program that a signal ended. */
export async function untilSignal(work: () => Promise<number>): Promise<number> {
  const end = (signal: (typeof signals)[number]): void => {
    received = signal;
    for (const guest of guests) guest.kill('SIGKILL');
  };
  told = end;
  for (const signal of signals) process.once(signal, end);
  try {
    const status = await work();
    return received === undefined ? status : 128 + constants.signals[received];
  } finally {
    told = undefined;
    for (const signal of signals) process.off(signal, end);
  }
}

/**
 * Work without a guest, inside that of untilSignal(): a signal ends the program at once, also while
 * the work does not come up to look for one.
 */
export async function endedBySignal<T>(work: () => Promise<T>): Promise<T> {
  const end = told;
  if (end === undefined) return work();
  for (const signal of signals) process.off(signal, end);
  try {
    return await work();
  } finally {
    for (const signal of signals) process.once(signal, end);
  }
}
