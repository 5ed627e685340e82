/**
 * `npm run bench [EVENTS [RUNS [PART [TRACES]]]]`: ratios measured in one run; exit status 1 below
 * a floor. `scaling`, only when asked for, simulates many cores from times that it measures.
 */
import { scriptWords } from '../base/script_words.js';
import { batchRatios } from './batch.js';
import { browserRatios } from './browser.js';
import { exploreRatios } from './explore.js';
import { pageRatios } from './pages.js';
import type { Ratio } from './measure.js';
import { readRatios } from './read.js';
import { scalingLines } from './scaling.js';
import { shrinkRatios } from './shrink.js';

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

const parts = {
  reading: () => readRatios(Number(events), Number(runs)),
  pages: async () => pageRatios(Number(runs)),
  explore: () => exploreRatios(Number(runs)),
  shrink: () => shrinkRatios(Number(runs)),
  browser: () => browserRatios(Number(runs)),
  batch: () => batchRatios(Number(traces)),
};
const { words: [events = '4000000', runs = '5', part = '', traces = '200'] } = scriptWords({
  usage: `npm run bench -- [EVENTS [RUNS [PART [TRACES]]]]
  EVENTS   how large the generated trace is (4000000)
  RUNS     how often each command is measured (5)
  PART     reading, pages, explore, shrink, browser, batch or scaling; without it all but scaling
  TRACES   how many a batch has (200: a quarter of an hour)
Exit status: 1 when a ratio is below its floor.`,
  most: 4, numbers: [0, 1, 3],
  choices: { 2: ['', ...Object.keys(parts), 'scaling'] } });
if (part === 'scaling') for (const text of scalingLines()) process.stdout.write(text);
for (const [name, ratiosOf] of Object.entries(parts)) {
  if (part !== '' && part !== name) continue;
  const ratios = await ratiosOf();
  for (const ratio of ratios) process.stdout.write(line(ratio));
  if (ratios.some(isBelow)) process.exitCode = 1;
}
