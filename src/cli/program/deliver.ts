import { writeFileWhole } from '../../base/write_file.js';
import { UsageError } from '../../base/errors.js';
import { loadReports, type Report, type ReportOptions, type Results } from '../../report/report.js';

/** To the file that `-o` names, else to standard output. */
export function deliver(text: string, output: string | undefined): void {
  if (output === undefined) process.stdout.write(text);
  else writeFileWhole(output, text);
}

/** A report and where it goes; undefined: standard output. */
export interface Output {
  readonly report: Report;
  readonly path: string | undefined;
}

export const formatOption = {
  type: 'string', array: true, nargs: 1, default: ['text'],
  describe: 'A report (mmreplay list reports); NAME goes to -o or standard output, NAME=FILE to ' +
    'that file; several are made of one run',
} as const;

/** `text`, `junit=r.xml`: one of them may go to `-o` or standard output. Error: UsageError. */
export async function outputsOf(
  formats: readonly string[], output: string | undefined,
): Promise<readonly Output[]> {
  const reports = await loadReports();
  const outputs = formats.map((word): Output => {
    const equals = word.indexOf('=');
    const id = equals < 0 ? word : word.slice(0, equals);
    const report = reports.find((one) => one.id === id);
    if (report === undefined || (equals >= 0 && equals === word.length - 1)) {
      throw new UsageError(`--format ${word}: expected NAME or NAME=FILE, NAME one of ` +
        reports.map((one) => one.id).join(', '));
    }
    return { report, path: equals < 0 ? output : word.slice(equals + 1) };
  });
  const targets = outputs.map(({ path }) => path ?? 'standard output');
  const twice = targets.find((target, index) => targets.indexOf(target) !== index);
  if (twice !== undefined) throw new UsageError(`--format: two reports go to ${twice}`);
  if (output !== undefined && !outputs.some(({ path }) => path === output)) {
    throw new UsageError(`-o ${output}: every --format names its own file`);
  }
  return outputs;
}

/** Writes every report; a file appears whole or not at all. */
export function deliverAll(
  outputs: readonly Output[], results: Results, options: ReportOptions,
): void {
  for (const { report, path } of outputs) {
    if (path === undefined) {
      for (const piece of report.render(results, options)) process.stdout.write(piece);
    } else writeFileWhole(path, report.render(results, options));
  }
}
