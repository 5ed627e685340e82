/** Which tasks a step of the offliner can matter to: what the reduced search rests on. */
import { OFFLINER, type Footprint, type Running, type World } from './world.js';

/** Tasks that use something of the footprint, and those that share a CPU with such a task. */
export function conflicting({ tasks }: World, footprint: Footprint): number[] {
  const all: number[] = [];
  for (let i = OFFLINER + 1; i < tasks.length; i += 1) {
    if (tasks[i]?.local.done === false) all.push(i);
  }
  if (footprint.everything) return all;
  // Which page an allocation gets depends on every free before it.
  const stepsOf = (index: number): Running['steps'] => tasks[index]?.steps ?? [];
  if (all.some((index) => stepsOf(index).some((step) => step.what === 'alloc'))) return all;
  const cpus = new Set(footprint.cpus);
  for (const index of all) {
    const uses = stepsOf(index).some((step) => footprint.cpus.has(step.cpu) ||
      step.pfns.some((pfn) => footprint.ranges.some(({ from, to }) => pfn >= from && pfn < to)));
    if (uses) for (const step of stepsOf(index)) cpus.add(step.cpu);
  }
  return all.filter((index) => stepsOf(index).some((step) => cpus.has(step.cpu)));
}

/** What the offliner's step touched wherever it stood like this. */
export class Footprints {
  readonly #seen = new Map<string, Footprint>();

  #key(world: World): string {
    const { local } = world.tasks[OFFLINER] as Running;
    return `${local.text} ${local.pending.join()}`;
  }

  /** Of the step that the offliner takes next; undefined: it never stood like this. */
  expected(world: World): Footprint | undefined {
    return this.#seen.get(this.#key(world));
  }

  /** To be called before the step: what it turns out to touch is then given to the result. */
  learner(world: World): (footprint: Footprint) => void {
    const key = this.#key(world);
    return (footprint) => {
      const known = this.#seen.get(key);
      if (known === undefined) {
        this.#seen.set(key, footprint);
        return;
      }
      for (const cpu of footprint.cpus) known.cpus.add(cpu);
      for (const range of footprint.ranges) addRange(known, range);
      if (footprint.everything) known.everything = true;
    };
  }
}

function addRange(to: Footprint, range: Footprint['ranges'][number]): void {
  const known = to.ranges.some(({ from, to: end }) => from <= range.from && range.to <= end);
  if (!known) to.ranges.push(range);
}
