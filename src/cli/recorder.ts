import { scriptText } from '../record/script.js';
import { defineCommand } from './program/command.js';

export default defineCommand({
  usage: 'recorder',
  doc: 'Print the shell script that records a machine: mmreplay recorder > record.sh',
  options: (yargs) => yargs,
  run: () => {
    process.stdout.write(scriptText('record.sh'));
    return 0;
  },
});
