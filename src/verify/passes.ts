/**
 * Passes of an offline that drain the per-cpu lists each (to v5.0). How many there are depends on
 * pages that have to be moved, of which a recording at level hotplug tells nothing.
 */
import type { EventName } from '../trace/events.js';

export class Passes {
  /** Drains since the notifiers were told, while nothing else was called; undefined: not there. */
  #drains: number | undefined;

  /** A recorded call comes next: is it the drain of a pass that is not the first? */
  isFurther(event: EventName): boolean {
    if (event === 'memory_notify') this.#drains = 0;
    else if (event !== 'drain_all_pages') this.#drains = undefined;
    else if (this.#drains !== undefined) this.#drains += 1;
    return event === 'drain_all_pages' && this.#drains !== undefined && this.#drains > 1;
  }
}
