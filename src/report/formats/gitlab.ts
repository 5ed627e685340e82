/** GitLab's code quality report: an issue for each finding that a policy adds to a trace. */
import { createHash } from 'node:crypto';
import { casesOf } from '../case_results.js';
import type { Report } from '../report.js';

/** By the fingerprint GitLab tells new issues of a merge request from those of its target. */
function issue(
  path: string, check: string, description: string, severity: 'major' | 'blocker',
): string {
  const fingerprint = createHash('sha256').update(JSON.stringify([path, check, description]))
    .digest('hex');
  return JSON.stringify({ description, check_name: check, fingerprint, severity,
    location: { path, lines: { begin: 1 } } });
}

const report: Report = {
  id: 'gitlab',
  doc: 'GitLab\'s code quality JSON (artifacts:reports:codequality): an issue for each finding ' +
    'that a policy adds, and for each trace in trouble. Test results: --format junit=FILE.',
  * render({ lines, troubles }) {
    let before = '[\n';
    for (const line of lines) {
      for (const { name, result, lines: told } of casesOf(line)) {
        if (result !== 'failed') continue;
        for (const text of told) {
          yield before + issue(line.trace.path, name, `${name} on ${line.trace.name}: ${text}`,
            'major');
          before = ',\n';
        }
      }
    }
    for (const { path, message } of troubles) {
      yield before + issue(path, 'trouble', message, 'blocker');
      before = ',\n';
    }
    yield before === '[\n' ? '[]\n' : '\n]\n';
  },
};
export default report;
