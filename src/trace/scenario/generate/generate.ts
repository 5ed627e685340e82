/** Random scenarios: any machine that QEMU boots, any steps; the same one for the same seed. */
import { pushAll } from '../../../base/long_lists.js';
import { Random } from '../../../base/random.js';
import type { Step } from '../actions.js';
import { parseScenario, type Scenario } from '../scenario.js';
import { randomBootWords } from './boot_words.js';
import { randomMachine } from './machine.js';
import { StepMaker } from './steps.js';
import { widened } from './wide.js';

export interface GenerateOptions {
  /** Left out: one in two is at level page. */
  readonly level?: Scenario['level'];
  /** Also boot parameters, nodes and steps that are rare on machines with hotplug. */
  readonly wide?: boolean;
}

/** How many steps, at least and at most: a trace of pages is a thousand times as large. */
const stepCounts = { hotplug: [5, 14], page: [3, 8] } as const;

/** Seeds that follow each other would give states that do, too. */
const seedOf = (seed: number): number => Math.imul(seed, 0x9e3779b1);

/** A scenario as its file has it. `seed`: a whole number; it is the scenario's name, too. */
export function generateScenarioFile(seed: number, options: GenerateOptions = {}): object {
  const random = new Random(seedOf(seed));
  const half = random.oneIn(2) ? 'page' : 'hotplug';
  const level = options.level ?? half;
  const machine = randomMachine(random);
  const cmdline = randomBootWords(random, machine);
  const [least, most] = stepCounts[level];
  const count = random.between(least, most);
  const maker = new StepMaker(random, machine);
  const steps: Step[] = [];
  while (steps.length < count) pushAll(steps, maker.next());
  const file = {
    name: `random-${seed}`, note: `made by chance, seed ${seed}`, machine, cmdline, level,
    ...(level === 'page' ? { snapshots: random.pick(['each', 'ends']), buffer_kb: 32768 } : {}),
    steps,
  };
  return options.wide === true ? widened(file, random.next()) : file;
}

/** The same, checked as a file is. */
export function generateScenario(seed: number, options: GenerateOptions = {}): Scenario {
  return parseScenario(`seed ${seed}`, JSON.stringify(generateScenarioFile(seed, options)));
}
