/** Reports of many traces, each with its policies, in one process of the built program. */
import { execFile } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { repository } from '../replay/rig.js';

interface Asked {
  readonly folder: string;
  readonly trace: string;
  readonly policies: readonly string[];
}

export interface Case extends Asked {
  /** What the report on one line has. */
  readonly says: readonly RegExp[];
}

/**
 * What a worker of `mmreplay run` does for one trace, and what the text report makes of it: a
 * worker for each would take longer than its trace.
 */
const program = `
const [dist, asked] = process.argv.slice(1);
const of = (file) => import(dist + file);
const { evaluate } = await of('pipeline.js');
const { hingesOf } = await of('batch/hinges.js');
const { loadReports, resultsOf } = await of('report/report.js');
const text = (await loadReports()).find(({ id }) => id === 'text');
const all = [];
for (const { path, series } of JSON.parse(asked)) {
  const job = { path, series, base: undefined, config: {}, tool: 'test' };
  const comparison = await evaluate(job);
  const hinges = await hingesOf(job, comparison);
  const results = resultsOf([hinges.length === 0 ? comparison : { ...comparison, hinges }]);
  all.push([...text.render(results, { limit: 12, detail: 'full', quietSame: false })].join(''));
}
process.stdout.write(JSON.stringify(all));
`;

function jobOf({ folder, trace, policies }: Asked):
{ readonly path: string; readonly series: readonly string[] } {
  const at = (name: string): string => repository(`test/patches/cases/${folder}/${name}`);
  return { path: at(trace), series: ['base', ...policies.map((name) => at(`${name}.ts`))] };
}

/** Each report on one line, in order. */
async function reports(asked: readonly Asked[]): Promise<readonly string[]> {
  const args = ['--input-type=module', '-e', program, `${repository('dist/src')}/`,
    JSON.stringify(asked.map(jobOf))];
  const all = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, args, { maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(stderr));
    });
  });
  return (JSON.parse(all) as string[]).map((text) => text.replace(/\s+/g, ' '));
}

/** A test for each case; one process makes all reports. */
export function describeCases(name: string, cases: readonly Case[]): void {
  describe(name, () => {
    let texts: readonly string[] = [];
    beforeAll(async () => {
      texts = await reports(cases);
    }, 600_000);
    test.each(cases.map((one, index) => ({ ...one, index })))(
      '$folder, $trace', ({ index, says }) => {
        for (const sentence of says) expect(texts[index]).toMatch(sentence);
      });
  });
}
