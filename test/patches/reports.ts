/** `mmreplay run` of many traces, each with its policies, in one process of the built program. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

/** Starting the program and its checks of types take longer than a trace. */
const program = `
const { main } = await import(process.argv[1]);
for (const args of JSON.parse(process.argv[2])) await main(args);
`;

function argumentsOf({ folder, trace, policies }: Asked, output: string): readonly string[] {
  const at = (name: string): string => repository(`test/patches/cases/${folder}/${name}`);
  return ['run', at(trace), '--full', '--no-cache', '-q', '-j', '1', '-o', output, '-p', 'base',
    ...policies.flatMap((name) => ['-p', at(`${name}.ts`)])];
}

/** Each report on one line, in order. The exit status must be 0 or 1. */
async function reports(asked: readonly Asked[]): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'mmreplay-reports-'));
  const output = (index: number): string => join(folder, `${index}.txt`);
  const list = JSON.stringify(asked.map((one, index) => argumentsOf(one, output(index))));
  const args = ['--input-type=module', '-e', program,
    repository('dist/src/cli/program/program.js'), list];
  try {
    await new Promise<void>((resolve, reject) => {
      execFile(process.execPath, args, { maxBuffer: 2 ** 26 }, (error, _stdout, stderr) => {
        const status = error === null ? 0 : error.code;
        if (status === 0 || status === 1) resolve();
        else reject(new Error(`${status}: ${stderr}`));
      });
    });
    return asked.map((_one, index) =>
      readFileSync(output(index), 'utf8').replace(/\s+/g, ' '));
  } finally {
    rmSync(folder, { recursive: true });
  }
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
