/**
 * States as texts: two states with the same text behave alike from here on. Where a task stands and
 * what it was told (local.ts), where its pages are, how full its CPU's list is; costs are not part
 * of it.
 */
import { shapeOf } from './page_step.js';
import { listText, placeOf } from './page_texts.js';
import { OFFLINER, type Running, type World } from './world.js';

export class StateKeys {
  /** Tasks with the same number here can change places; -1: this one cannot. */
  readonly #classes: readonly number[];
  readonly #symmetric: boolean;

  constructor(world: World, symmetric: boolean) {
    this.#symmetric = symmetric;
    this.#classes = classesOf(world);
  }

  of(world: World): string {
    const { local } = world.tasks[OFFLINER] as Running;
    const { pending } = local;
    const rest: string[] = [];
    const alike: string[] = [];
    for (let index = 1; index < world.tasks.length; index += 1) {
      const text = this.#taskText(world, index);
      if (this.#symmetric && (this.#classes[index] ?? -1) >= 0) {
        alike.push(`${this.#classes[index]}${text}`);
      } else {
        rest.push(text);
      }
    }
    alike.sort();
    const order = this.#symmetric ? pending.length : pending.join(',');
    return `${local.text}|${world.globals()} ${world.zone.nr_isolate_pageblock}|${order}|` +
      `${rest.join(';')}|${alike.join(';')}|${world.results.join()}`;
  }

  #taskText(world: World, index: number): string {
    const task = world.tasks[index] as Running;
    const { local } = task;
    let text = `${local.text}`;
    if (local.pending.length > 0) text += `[${local.pending.join()}]`;
    if (task.steps.some(({ what }) => what === 'contig')) return text + this.#counts(world);
    const named = !this.#symmetric || (this.#classes[index] ?? -1) < 0;
    for (const step of task.steps) {
      for (const pfn of step.pfns) {
        const place = placeOf(world, pfn);
        // On the list of its own CPU: which CPU that is does not matter.
        text += named || place !== `p${step.cpu}` ? `,${place}` : ',p';
      }
      text += `@${this.#cpuText(world, step.cpu)}`;
      if (step.what === 'huge_free') text += world.huge.text(step);
      if (step.what === 'alloc') text += listText(world, step.cpu);
    }
    return text;
  }

  /** Whatever a drain of all CPUs can find. */
  #counts(world: World): string {
    return world.pages.zonePages(world.zone).pcp.map((pcp) => pcp.count).join();
  }

  /** How full the lists of a CPU are, and whether a drain has yet to come to it. */
  #cpuText(world: World, cpu: number): string {
    const turn = (world.tasks[OFFLINER] as Running).local.pending.indexOf(cpu);
    const pcp = world.pages.zonePages(world.zone).pcp[cpu];
    if (pcp === undefined) return `${turn}`;
    return `${turn}#${pcp.count}.${pcp.free_factor}.${pcp.free_count}.${pcp.uncounted}`;
  }
}

/** CPUs whose tasks are alone on them and do the same with the same fill of the lists. */
function classesOf(world: World): number[] {
  const shapes = new Map<string, number>();
  const users = new Map<number, number>();
  for (const task of world.tasks) {
    for (const cpu of new Set(task.steps.map((step) => step.cpu))) {
      users.set(cpu, (users.get(cpu) ?? 0) + 1);
    }
  }
  return world.tasks.map((task, index) => {
    const cpus = new Set(task.steps.map((step) => step.cpu));
    const [cpu] = cpus;
    if (index === OFFLINER || cpu === undefined || cpus.size > 1) return -1;
    if ((users.get(cpu) ?? 0) > 1) return -1;
    const tells = new Set(['alloc', 'contig', 'huge_use', 'huge_free']);
    if (task.steps.some(({ what }) => tells.has(what))) return -1;
    const count = world.pages.zonePages(world.zone).pcp[cpu]?.count ?? 0;
    const shape = `${count} ${task.steps.map(shapeOf).join(' ')}`;
    const known = shapes.get(shape) ?? shapes.size;
    shapes.set(shape, known);
    return known;
  });
}
