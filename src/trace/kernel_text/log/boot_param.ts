/** What the command line of the boot says that no other line of the log does. */
import { parameter } from '../../../base/command_line.js';

/** How blocks that are added go online by themselves from the boot on; undefined: not said. */
export function bootOnlineType(cmdline: string): string | undefined {
  const word = parameter(cmdline, 'memhp_default_state');
  return word !== undefined && /^\w+$/.test(word) ? word : undefined;
}
