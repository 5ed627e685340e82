/**
 * Generators that were left behind when the world went back. One of them does for whoever needs a
 * generator of the same task that stands where it does.
 */
import type { Local } from './local.js';

type Body = Generator<string, unknown, void>;

/** Of one task at one place; more of them only take the room of others. */
const MOST_ALIKE = 512;
/** In all. */
const MOST = 20_000;

export class WaitingGenerators {
  readonly #bodies = new Map<string, Body[]>();
  #count = 0;

  put(index: number, local: Local, body: Body): void {
    if (this.#count >= MOST) return;
    const key = standing(index, local);
    const bodies = this.#bodies.get(key);
    if (bodies === undefined) this.#bodies.set(key, [body]);
    else if (bodies.length < MOST_ALIKE) bodies.push(body);
    else return;
    this.#count += 1;
  }

  take(index: number, local: Local): Body | undefined {
    const body = this.#bodies.get(standing(index, local))?.pop();
    if (body !== undefined) this.#count -= 1;
    return body;
  }

  has(index: number, local: Local): boolean {
    return (this.#bodies.get(standing(index, local))?.length ?? 0) > 0;
  }

  clear(): void {
    this.#bodies.clear();
    this.#count = 0;
  }
}

function standing(index: number, local: Local): string {
  return `${index} ${local.text} ${local.pending.join()}`;
}
