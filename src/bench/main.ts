/**
 * `npm run bench [EVENTS [RUNS [reading|pages|explore|batch [TRACES]|scaling]]]`: ratios measured
 * in one run; exit status 1 below a floor. EVENTS is the size of the generated trace, RUNS how
 * often each command is measured, TRACES how many a batch has (200: a quarter of an hour).
 * `scaling`, only when asked for, simulates many cores from times that it measures.
 */
import { batchRatios } from './batch.js';
import { exploreRatios } from './explore.js';
import { pageRatios } from './pages.js';
import type { Ratio } from './measure.js';
import { readRatios } from './read.js';
import { scalingLines } from './scaling.js';

function line({ what, value, aim, floor, better }: Ratio): string {
  const [sign, enough] = better === 'more' ? ['>=', value >= floor] : ['<=', value <= floor];
  const reached = better === 'more' ? value >= aim : value <= aim;
  const verdict = reached ? 'aim' : enough ? 'floor' : 'BELOW';
  return `${verdict.padEnd(6)}${value.toFixed(2).padStart(8)}  (aim ${sign} ${aim}, floor ${sign} `
    + `${floor.toFixed(1)})  ${what}\n`;
}

function isBelow({ value, floor, better }: Ratio): boolean {
  return !(better === 'more' ? value >= floor : value <= floor);
}

const [events = '4000000', runs = '5', part = '', traces = '200'] = process.argv.slice(2);
const parts = {
  reading: () => readRatios(Number(events), Number(runs)),
  pages: async () => pageRatios(Number(runs)),
  explore: () => exploreRatios(Number(runs)),
  batch: () => batchRatios(Number(traces)),
};
if (part === 'scaling') for (const text of scalingLines()) process.stdout.write(text);
for (const [name, ratiosOf] of Object.entries(parts)) {
  if (part !== '' && part !== name) continue;
  const ratios = await ratiosOf();
  for (const ratio of ratios) process.stdout.write(line(ratio));
  if (ratios.some(isBelow)) process.exitCode = 1;
}
