/**
 * Pages that move out of a range. Where the trace has rows of what the call did, it has those of
 * the pages that it moved, too: the model's task lets them come, instead of moving pages itself.
 */
import type { Kernel, Preempt } from '../../linux/base/kernel.js';
import type { StandIns } from '../../patch/compose.js';

export class MovedPages {
  /** The rows say which pages the task that runs moves. */
  told = true;
  #wereTold = false;

  readonly standIns: StandIns = {
    migrate_pages: (k, call) => (...args) => this.#migrate(k, () => call(...args)),
  };

  * #migrate(k: Kernel, call: () => Preempt<void>): Preempt<void> {
    this.#wereTold ||= this.told;
    if (this.told) yield 'migrate_pages';
    else if (this.#wereTold) yield* uncounted(k, call());
    else yield* call();
  }
}

/** Where rows move pages nobody counts them: then none are, so that runs can be compared. */
function* uncounted(k: Kernel, moves: Preempt<void>): Preempt<void> {
  for (const where of moves) {
    k.state.pages_moved_to.length = 0;
    yield where;
  }
  k.state.pages_moved_to.length = 0;
}
