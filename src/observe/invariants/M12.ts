import { hex } from '../../base/pfn.js';
import type { Kernel } from '../../linux/base/kernel.js';
import type { MemAction, NotifierArg } from '../../linux/include/mmzone.js';
import type { Check, Invariant } from '../invariant.js';
import { settled } from '../memmap_blocks.js';

const endOf: Partial<Record<MemAction, MemAction>> = {
  MEM_ONLINE: 'MEM_GOING_ONLINE', MEM_CANCEL_ONLINE: 'MEM_GOING_ONLINE',
  MEM_OFFLINE: 'MEM_GOING_OFFLINE', MEM_CANCEL_OFFLINE: 'MEM_GOING_OFFLINE',
};

interface Announced {
  readonly action: MemAction;
  readonly range: string;
}

function rangeText({ start_pfn, nr_pages }: NotifierArg): string {
  return `${hex(start_pfn)}+${nr_pages}`;
}

class Pairs implements Check {
  readonly #k: Kernel;
  /** Block numbers for which drivers have prepared. */
  readonly #prepared = new Set<number>();
  /** Told to prepare, not known to have agreed. */
  #asked: number | undefined;
  #open: Announced | undefined;
  #wrong: string[] = [];

  constructor(k: Kernel) {
    this.#k = k;
  }

  entered(_fn: string, args: readonly unknown[]): void {
    const [action, arg] = args as [MemAction, NotifierArg];
    const id = Math.floor(arg.start_pfn / this.#k.machine.pages_per_block);
    if (action === 'MEM_PREPARE_ONLINE') this.#asked = id;
    else if (action === 'MEM_FINISH_OFFLINE') this.#finish(id);
    else this.#change(action, { action, range: rangeText(arg) });
  }

  #finish(id: number): void {
    const early = this.#k.state.memory_blocks.get(id)?.early === true;
    if (!this.#prepared.delete(id) && !early) {
      this.#wrong.push(`memory${id} is finished, but was not prepared`);
    }
  }

  #change(action: MemAction, told: Announced): void {
    // Nobody refused to prepare, or this would not be told.
    if (this.#asked !== undefined) this.#prepared.add(this.#asked);
    this.#asked = undefined;
    const begin = endOf[action];
    if (begin === undefined) {
      if (this.#open !== undefined) this.#unfinished();
      this.#open = told;
      return;
    }
    if (this.#open?.action !== begin || this.#open.range !== told.range) {
      this.#wrong.push(`${action} ${told.range} ends nothing that was announced`);
    }
    this.#open = undefined;
  }

  #unfinished(): void {
    this.#wrong.push(`${this.#open?.action} ${this.#open?.range} was never finished`);
    this.#open = undefined;
  }

  violations(): string[] {
    if (settled(this.#k)) {
      this.#asked = undefined;
      if (this.#open !== undefined) this.#unfinished();
      for (const id of this.#prepared) {
        if (this.#k.state.memory_blocks.get(id)?.state === 'online') continue;
        this.#wrong.push(`memory${id} was prepared and is not online, but was not finished`);
        this.#prepared.delete(id);
      }
    }
    const found = this.#wrong;
    this.#wrong = [];
    return found;
  }
}

const invariant: Invariant = {
  id: 'M12',
  broken: 'notifier not told of an end',
  doc: 'Notifiers hear of the end of each change they heard the beginning of, with the same range.',
  functions: ['memory_notify'],
  begin: (k) => new Pairs(k),
};
export default invariant;
