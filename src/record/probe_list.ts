/** What the recorder looks at: the lists of record.sh, which stand there for any shell to read. */
import { scriptText } from './script.js';

/** A function with a probe: its names by kernel version, and the registers that it reads. */
export interface RecordedProbe {
  readonly names: readonly string[];
  /** `nid=$arg1:s32`. */
  readonly args: readonly string[];
}

function hereText(name: string): readonly string[] {
  const text = scriptText('record.sh').toString('utf8');
  const body = new RegExp(`<<'${name}'\\n([\\s\\S]*?)^${name}$`, 'm').exec(text)?.[1] ?? '';
  return body.split('\n').filter((line) => /^\S/.test(line));
}

export function recordedProbes(): readonly RecordedProbe[] {
  return hereText('PROBES').map((line) => {
    const [, names = '', ...args] = line.split(' ');
    // The name before a colon is the event's; the functions stand behind it.
    const [event = '', functions] = names.split(':');
    return { names: [...new Set([...(functions ?? event).split('/')])], args };
  });
}

/** `kmem/mm_page_alloc`: group and name. */
export function recordedTracepoints(): readonly string[] {
  return hereText('TRACEPOINTS').map((line) => line.split(' ')[1] ?? '');
}
