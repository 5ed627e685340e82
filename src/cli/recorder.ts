import type { CommandModule } from 'yargs';
import { scriptText } from '../record/script.js';

export default {
  command: 'recorder',
  describe: 'Print the shell script that records a machine: mmreplay recorder > record.sh',
  handler: () => void process.stdout.write(scriptText('record.sh')),
} satisfies CommandModule;
