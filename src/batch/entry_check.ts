/** Entries of a results file of anybody: each is what its types say, or is refused. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ValidateFunction } from 'ajv';
import { packageRoot } from '../base/package_root.js';

/** Letters of a path into an entry that are told. */
const LONGEST_PATH = 60;

type Part = 'comparison' | 'trouble';

/** Made from the types of the document; loaded with the first results file. */
function madeChecks(): Readonly<Record<Part, ValidateFunction>> {
  const { Ajv } = createRequire(import.meta.url)('ajv') as typeof import('ajv');
  const schema = JSON.parse(readFileSync(
    join(packageRoot(), 'src/report/report.schema.json'), 'utf8')) as { readonly $id: string };
  const ajv = new Ajv({ strict: false }).addSchema(schema);
  const of = (type: string): ValidateFunction => {
    const found = ajv.getSchema(`${schema.$id}#/definitions/${type}`);
    if (found === undefined) throw new Error(`report.schema.json has no ${type}`);
    return found;
  };
  return { comparison: of('TraceReport'), trouble: of('Trouble') };
}

let checks: ReturnType<typeof madeChecks> | undefined;

/** `comparison/runs must be array`: the first thing that is not as it should be. */
function firstProblem(part: Part, value: unknown): string | undefined {
  checks ??= madeChecks();
  const check = checks[part];
  if (check(value) === true) return undefined;
  const [first] = check.errors ?? [];
  return `${part}${(first?.instancePath ?? '').slice(0, LONGEST_PATH)} ${first?.message ?? ''}`;
}

/** Error: what of it is no entry of a batch of `total` traces; its place names a file. */
export function checkEntry(entry: unknown, total: number): void {
  if (typeof entry !== 'object' || entry === null) throw new Error('it is no entry');
  const { place, comparison, trouble } = entry as Record<string, unknown>;
  if (!Number.isSafeInteger(place) || Number(place) < 0) throw new Error('its place is no number');
  if (Number(place) >= total) throw new Error(`its place is ${Number(place)} of ${total}`);
  if (comparison === undefined && trouble === undefined) throw new Error('it is no entry');
  const problem = trouble === undefined ? firstProblem('comparison', comparison)
    : firstProblem('trouble', trouble);
  if (problem !== undefined) throw new Error(problem);
}
