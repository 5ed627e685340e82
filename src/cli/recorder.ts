import { scriptText } from '../record/script.js';
import { defineCommand } from './program/command.js';
import { print } from './program/deliver.js';

export default defineCommand({
  usage: 'recorder',
  doc: 'Print the shell script that records a machine: mmreplay recorder > record.sh',
  options: (yargs) => yargs,
  run: async () => {
    await print(scriptText('record.sh'));
    return 0;
  },
});
