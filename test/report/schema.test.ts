/** The schema that is shipped: made from the types as they are, and real documents keep to it. */
import { Ajv } from 'ajv';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGenerator } from 'ts-json-schema-generator';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import type { Report, TraceReport } from '../../src/report/document.js';
import { mmreplay } from '../cli/command.js';

const root = packageRoot();
const schema = JSON.parse(
  readFileSync(join(root, 'src/report/report.schema.json'), 'utf8')) as object;

test('it is what `npm run schema` makes', () => {
  const made = createGenerator({
    path: join(root, 'src/report/document.ts'), tsconfig: join(root, 'tsconfig.json'),
    type: 'Report', skipTypeCheck: true, additionalProperties: true, schemaId: 'report-2',
  }).createSchema('Report');
  expect(schema).toEqual(JSON.parse(JSON.stringify(made)));
});

test('documents of real traces keep to it', () => {
  const traces = ['zonelists-S8-veto', 'memmap_holes-E9-valid-zones',
    'recordings/remove-refused-online-again-6.12'].map((name) => `traces/${name}`);
  const { stdout } = mmreplay(['run', ...traces, '-p', 'base', '-p', 'zonelists/all_zones',
    '-q', '--format', 'json']);
  const report = JSON.parse(stdout) as Report;
  expect(report.comparisons).toHaveLength(traces.length);
  const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
  expect(validate(report) ? [] : validate.errors?.slice(0, 5)).toEqual([]);
  // It can fail: a field that has gone, or is of another kind.
  const [first, ...others] = report.comparisons as readonly TraceReport[];
  const broken = { ...report, comparisons: [{ ...first, runs: 'none' }, ...others] };
  expect(validate(broken)).toBe(false);
});
