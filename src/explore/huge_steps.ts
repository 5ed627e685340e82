/** Tasks of a window that take huge pages and give them back. */
import type { HugeFolio } from '../linux/include/hugetlb.js';
import type { Kernel, Preempt } from '../linux/base/kernel.js';
import type { HugeFreeStep, HugeUseStep } from './page_step.js';
import type { PageTask } from './window.js';

/** What a kernel function told its caller, as a text. */
export function toldText(result: unknown): string {
  const isFolio = typeof result === 'object' && result !== null && 'pfn' in result;
  return isFolio ? `h${String(result.pfn)}` : String(result);
}

export class HugeSteps {
  readonly #k: Kernel;
  readonly #frees: readonly HugeFreeStep[];
  /** Huge pages that tasks give back, wherever those are by then. */
  readonly #held = new Map<HugeFreeStep, HugeFolio | undefined>();

  constructor(k: Kernel, tasks: readonly PageTask[]) {
    this.#k = k;
    this.#frees = tasks.flatMap(({ steps }) => steps).filter((step) => step.what === 'huge_free');
  }

  /** The kernel is at the begin of the window. */
  find(): void {
    for (const step of this.#frees) {
      const folio = this.#k.folio_test_hugetlb(step.pfns[0] ?? 0);
      this.#held.set(step, folio?.freed === false ? folio : undefined);
    }
  }

  /** Where the huge page is that the step gives back. */
  text(step: HugeFreeStep): string {
    return `h${this.#held.get(step)?.pfn ?? ''}`;
  }

  * free(step: HugeFreeStep): Preempt<void> {
    const folio = this.#held.get(step);
    if (folio !== undefined) yield* this.#k.folio_put(folio, step.cpu);
  }

  /** A page is taken, or `none` is called. */
  * use({ nid, cpu }: HugeUseStep, none: () => void): Preempt<void> {
    if ((yield* this.#k.hugetlb_no_page(nid, false, cpu)) === undefined) none();
  }
}
