/** Results files that somebody else wrote, or that are damaged: refused with a line, or whole. */
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGzip, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readResults, resultsText } from '../../src/batch/results_file.js';
import type { Comparison } from '../../src/compare/comparison.js';
import { packageRoot } from '../../src/base/package_root.js';
import { evaluate } from '../../src/pipeline.js';
import csv from '../../src/report/formats/csv.js';
import { resultsOf } from '../../src/report/report.js';

let folder: string;
let path: string;
let comparison: Comparison;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mmreplay-results-'));
  path = join(folder, 'r.gz');
  comparison = await evaluate({ path: join(packageRoot(), 'traces/zonelists-S2-dimm/trace.csv'),
    series: ['zonelists/all_zones'], base: undefined, config: {}, tool: 'test' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(entry: object, total = 1): void {
  writeFileSync(path, Buffer.concat([...resultsText('x', total, [entry as never])]));
}

/*  header | entry 0 of 1, something in it of another kind
 *  Expect: the line and the field are named; what is whole is read. */
describe('an entry', () => {
  test('as it was written is read', async () => {
    write({ place: 0, comparison });
    const { lines } = await readResults(path, folder);
    expect(lines).toHaveLength(1);
  });

  test.each(['runs', 'divergences', 'states', 'violations', 'claims', 'groups', 'agreement',
    'losses', 'refusals', 'policies', 'skipped', 'trace', 'tool'])(
    'whose %s is of another kind is refused', async (field) => {
      for (const value of [null, true]) {
        write({ place: 0, comparison: { ...comparison, [field]: value } });
        await expect(readResults(path, folder))
          .rejects.toThrow(new RegExp(`r\\.gz:2: cannot be read \\(comparison/${field} must be`));
      }
    });

  test.each([
    [{ place: 0, trouble: {} }, /trouble must have required property/],
    [{ place: 0, trouble: { path: 'x', message: null } }, /trouble\/message must be string/],
    [{ place: 1, trouble: { path: 'x', message: 'y' } }, /its place is 1 of 1/],
    [{ place: 0, comparison: null }, /comparison must be object/],
  ])('%j is refused', async (entry, message) => {
    write(entry);
    await expect(readResults(path, folder)).rejects.toThrow(message);
  });
});

test.each([['null'], ['{"mmreplay_results":2,"comparison":2,"tool":{},"total":1}'],
  ['{"mmreplay_results":2,"comparison":2,"tool":"x","total":1e300}']])(
  'a header %s is none', async (header) => {
    writeFileSync(path, gzipSync(`${header}\n`));
    await expect(readResults(path, folder)).rejects.toThrow(/r\.gz:1: is no results file/);
  });

test('a line without an end is read up to a size', async () => {
  const zip = createGzip({ level: 1 });
  const file = zip.pipe(createWriteStream(path));
  for (let mb = 0; mb < 65; mb += 1) zip.write(Buffer.alloc(2 ** 20, ' '));
  zip.end();
  await once(file, 'close');
  await expect(readResults(path, folder)).rejects.toThrow(/r\.gz:1: .*more than 67108864 bytes/);
});

test.each(['=1+1', '+1', '-1', '@SUM(A1)'])('the table has %s as text, not as formula', (name) => {
  const named = { ...comparison, trace: { ...comparison.trace, name } };
  const text = [...csv.render(resultsOf([named]),
    { limit: 12, detail: 'full', quietSame: false })].join('');
  expect(text.split('\n')[1]).toContain(`'${name},`);
});
