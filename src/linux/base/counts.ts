/** Counts by number, and their sum: asked for at each section, it must not go through all. */

export class Counts extends Map<number, number> {
  #sum = 0;

  get sum(): number {
    return this.#sum;
  }

  override set(key: number, count: number): this {
    this.#sum += count - (this.get(key) ?? 0);
    return super.set(key, count);
  }

  override delete(key: number): boolean {
    this.#sum -= this.get(key) ?? 0;
    return super.delete(key);
  }

  override clear(): void {
    this.#sum = 0;
    super.clear();
  }
}
