/** All invariants of pages, looked at after every event: for tests and the benchmark. */
import type { Kernel } from '../../linux/base/kernel.js';
import type { Pages } from '../../linux/mm/pages/pages.js';
import { PageChecks } from '../../observe/page_checks.js';
import { isolateCountWrong } from '../../observe/page_recount.js';

export class CheckedPages {
  /** What was wrong after which row: the first time. */
  violated: { readonly row: number; readonly text: string } | undefined;
  #k: Kernel | undefined;
  #checks: PageChecks | undefined;

  booted(k: Kernel, pages: Pages): void {
    this.#k = k;
    this.#checks = new PageChecks(k, pages);
  }

  after(row: number): void {
    const text = this.#checks?.after();
    if (text !== undefined) this.violated ??= { row, text };
  }

  /** Before a row of hotplug: also what only its calls change, none of which may be running. */
  before(row: number, isRunning: boolean): void {
    this.after(row - 1);
    if (this.violated !== undefined || this.#k === undefined || isRunning) return;
    const text = isolateCountWrong(this.#k);
    if (text !== undefined) this.violated = { row: row - 1, text };
  }
}
