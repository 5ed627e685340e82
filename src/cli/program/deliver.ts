import { writeFileWhole } from '../../base/write_file.js';

/** To the file that `-o` names, else to standard output. */
export function deliver(text: string, output: string | undefined): void {
  if (output === undefined) process.stdout.write(text);
  else writeFileWhole(output, text);
}
