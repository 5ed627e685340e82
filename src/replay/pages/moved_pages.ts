/**
 * Pages that move out of a range. Where the trace has rows of what the call did, it has those of
 * the pages that it moved, too: the model's task lets them come, instead of moving pages itself.
 */
import type { Preempt } from '../../linux/base/kernel.js';
import type { StandIns } from '../../patch/compose.js';

export class MovedPages {
  /** The rows say which pages the task that runs moves. */
  told = true;

  readonly standIns: StandIns = {
    migrate_pages: (_k, call) => (...args) => this.#migrate(() => call(...args)),
  };

  * #migrate(call: () => Preempt<void>): Preempt<void> {
    if (this.told) yield 'migrate_pages';
    else yield* call();
  }
}
