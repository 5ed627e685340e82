/** What the number of a vendor's kernel does not say, for the report of a run. */
import { vendorOf } from '../replay/vendor.js';
import type { Trace } from '../trace/trace.js';
import { agreementOfBases, nearest, ofFacts } from './any_base.js';

/** Rows of a log that is held against all versions beside the replay: a second. */
const SOON_HELD = 2000;

/** Which version has most of the boot's facts. */
function bootAdvice(trace: Trace, name: string, version: string): string | undefined {
  const all = agreementOfBases(trace, name).filter(({ facts }) => facts > 0);
  const own = all.find((one) => one.version === version);
  if (own === undefined) return undefined;
  return nearest(version, own, all)
    ?? `of the facts of the boot ${ofFacts(own)} agree with ${version}, with no version more`;
}

/** A line for the report, or none. `inputs`: calls of the trace. */
export function vendorText(
  trace: Trace, inputs: number, name: string, version: string,
): readonly string[] {
  const { kernel } = trace.header;
  const vendor = vendorOf(kernel);
  if (vendor === undefined) return [];
  const advice = inputs === 0 && trace.length < SOON_HELD
    ? bootAdvice(trace, name, version) : undefined;
  return [`${version} stands for ${kernel} (${vendor.name}), which has ${vendor.has}; `
    + (advice ?? '`mmreplay verify --any-base` says which version agrees most')];
}
