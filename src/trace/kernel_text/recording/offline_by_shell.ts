/**
 * Offlines in the background of recordings from before the recorder had actions for them: shell
 * commands of the scenarios pcp-race* that kept the write's exit status in a file as `OFFRC 0`, and
 * printed that and the block's state. The only place that reads them; new recordings have the steps
 * `offline-begin` and `offline-result`.
 */
import { stateWrites } from './shell_writes.js';
import type { Step } from './recording_info.js';

const WORD = 'OFFRC';
const stateFile = /\/memory(\d+)\/state\b/;

/** The step as the action that it stands for; any other step as it is. */
export function ofOwnAction(step: Step): Step {
  const { action, cmd = '', output } = step;
  if (action !== 'sh') return step;
  if (cmd.includes(WORD)) return begun(step, cmd);
  return (output ?? '').includes(WORD) ? asked(step, cmd, output ?? '') : step;
}

function begun(step: Step, cmd: string): Step {
  const [write, ...others] = stateWrites(cmd);
  if (write?.event !== 'offline' || others.length > 0) return step;
  return { ...step, action: 'offline-begin', block: write.block };
}

/** A status that an earlier offline left says nothing of one that goes on. */
function asked(step: Step, cmd: string, output: string): Step {
  const block = stateFile.exec(cmd)?.[1];
  const status = new RegExp(`${WORD} (\\d+)`).exec(output)?.[1];
  if (block === undefined || status === undefined) return step;
  const ended = !output.includes('going-offline');
  return { ...step, action: 'offline-result', block: Number(block), ended,
    ...(ended ? { write_rc: Number(status) } : {}) };
}
