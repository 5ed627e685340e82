/** `npm run bench [EVENTS [RUNS]]`: ratios measured in one run; exit status 1 below a floor. */
import { readRatios, type Ratio } from './read.js';

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

const [events = 4_000_000, runs = 5] = process.argv.slice(2).map(Number);
const ratios = await readRatios(events, runs);
for (const ratio of ratios) process.stdout.write(line(ratio));
process.exitCode = ratios.some(isBelow) ? 1 : 0;
