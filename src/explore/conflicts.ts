/** Which tasks a step of the offliner can matter to: what the reduced search rests on. */
import { pagesOf, type PageStep } from './page_step.js';
import { OFFLINER, type Footprint, type Running, type World } from './world.js';

/**
 * Tasks that use something of the footprint, and those that share a CPU with such a task; of those
 * that were `enabled` before the step. Where one of them waits, whoever it waits for counts too:
 * all are taken.
 */
export function conflicting(
  { tasks }: World, footprint: Footprint, enabled: readonly number[],
): number[] {
  const all: number[] = [];
  for (let i = OFFLINER + 1; i < tasks.length; i += 1) {
    if (tasks[i]?.local.done === false) all.push(i);
  }
  const found = using(footprint, all, (index) => tasks[index]?.steps ?? []);
  if (found.every((index) => enabled.includes(index))) return found;
  return enabled.filter((index) => index !== OFFLINER);
}

function using(
  footprint: Footprint, all: number[], stepsOf: (index: number) => readonly PageStep[],
): number[] {
  const does = (what: PageStep['what']): boolean =>
    all.some((index) => stepsOf(index).some((step) => step.what === what));
  // Which page an allocation gets depends on every free before it.
  if (footprint.everything || does('alloc')) return all;
  // Sizes of lists change what every free does.
  if (does('write')) return all;
  // So does which huge page there is, for whoever asks the pool.
  if (does('huge_use') || does('huge_free')) return all;
  // Who isolates drains every CPU.
  if (footprint.cpus.size > 0 && does('contig')) return all;
  const cpus = new Set(footprint.cpus);
  for (const index of all) {
    const uses = stepsOf(index).some((step) => footprint.cpus.has(step.cpu) ||
      footprint.ranges.some(({ from, to }) => usesRange(step, from, to)));
    if (uses) for (const step of stepsOf(index)) cpus.add(step.cpu);
  }
  return all.filter((index) => stepsOf(index).some((step) => cpus.has(step.cpu)));
}

function usesRange(step: PageStep, from: number, to: number): boolean {
  const size = pagesOf(step);
  return step.pfns.some((pfn) => pfn + size > from && pfn < to);
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
