/** Where in a log the boot is over: what is printed behind it is not of the boot. */
import type { LogLine } from './log_lines.js';

const SECOND = 1e9;
/** Nothing at boot is silent for so long, but what counts all memory. */
const SILENCE = 5 * SECOND;
/** A boot that ends in a crash ends at once. */
const AT_ONCE = SECOND;

/** User space runs, or soon will. */
const started = /^(?:Run \/\S+ as init process|Freeing unused kernel |systemd\[1\]: )/;
const ofMemory = /^(?:Zone ranges:|Initmem setup node|On node \d|Early memory node| {2}node +\d)/;
const crash = /^(?:(?:kernel )?BUG[ :]|kernel BUG at|Oops[: ]|general protection fault)/;
const built = /^(?:Fallback order for Node |Built \d+ zonelists)/;

/** Every kernel prints these once, before user space runs: self tests can take long before them. */
const stillBooting = /^(?:smp: Brought up |devtmpfs: initialized$|x86\/mm: Memory block size: )/;

/** Index of the first line that is not of the boot; the number of lines where all are. */
export function bootEnd(lines: readonly LogLine[]): number {
  const sure = lines.findLastIndex(({ text }) => stillBooting.test(text));
  let isBuilt = false;
  let sawMemory = 0;
  for (const [index, { text, time_ns }] of lines.entries()) {
    const before = lines[index - 1]?.time_ns ?? time_ns;
    if (started.test(text)) return index;
    if (isBuilt && built.test(text)) return index;
    if (text.startsWith('Built ')) isBuilt = true;
    if (ofMemory.test(text)) sawMemory = index;
    const isCounting = sawMemory > 0 && index - sawMemory < 8 && !isBuilt;
    if (time_ns - before > SILENCE && !isCounting && index > sure) return index;
    if (crash.test(text) && time_ns - before > AT_ONCE) return index;
  }
  return lines.length;
}
