/** GitHub's workflow commands: an annotation for each policy that adds something to a trace. */
import { casesOf } from '../case_results.js';
import type { Report } from '../report.js';

/** What ends a command, or begins another one, is written as its code. */
function data(text: string): string {
  return text.replaceAll(/[%\r\n]/g, (char) =>
    `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function command(kind: 'error' | 'notice', path: string, title: string, text: string): string {
  const file = path === '' ? '' : `file=${property(path)},`;
  return `::${kind} ${file}title=${property(title)}::${data(text)}\n`;
}

const report: Report = {
  id: 'github',
  doc: 'GitHub\'s annotations, for standard output of a job: an error for each policy that adds ' +
    'a finding, then one line of counts. The summary: --format markdown=$GITHUB_STEP_SUMMARY.',
  * render({ lines, troubles }) {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    for (const line of lines) {
      for (const { name, result, lines: told } of casesOf(line)) {
        counts[result] += 1;
        if (result !== 'failed') continue;
        yield command('error', line.trace.path, `${name} on ${line.trace.name}`, told.join('\n'));
      }
    }
    for (const { path, message } of troubles) yield command('error', path, 'mmreplay', message);
    yield command('notice', '', 'mmreplay', `${lines.length} traces: ${counts.passed} runs of ` +
      `policies passed, ${counts.failed} add a finding, ${counts.skipped} were skipped; ` +
      `${troubles.length} traces in trouble`);
  },
};
export default report;
