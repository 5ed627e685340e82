/** Finds texts that were seen before by their bytes, so that most are never decoded. */

const EMPTY = -1;

/** Seed and step of the hash that `find` and `add` are given; see `hashOf`. */
export const HASH_SEED = 0x811c9dc5;
export const HASH_PRIME = 0x01000193;

/** FNV-1a of a piece; readers compute it while they look for the piece's end. */
export function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = HASH_SEED;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), HASH_PRIME);
  return hash;
}

export class ByteStrings {
  /** Entry by hash, open addressing. */
  #slots = new Int32Array(64).fill(EMPTY);
  #hashes: number[] = [];
  #starts: number[] = [];
  #ends: number[] = [];
  #codes: number[] = [];
  #pool = new Uint8Array(1024);
  #used = 0;

  /** The code that was given to these bytes; -1 when they were never seen. */
  find(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot] as number;
      if (entry === EMPTY) return -1;
      if (this.#hashes[entry] === hash && this.#isSame(entry, bytes, start, end)) {
        return this.#codes[entry] as number;
      }
    }
  }

  /** Gives a code to bytes that `find` did not know. */
  add(bytes: Uint8Array, start: number, end: number, hash: number, code: number): void {
    const length = end - start;
    while (this.#used + length > this.#pool.length) this.#growPool();
    this.#pool.set(bytes.subarray(start, end), this.#used);
    this.#starts.push(this.#used);
    this.#used += length;
    this.#ends.push(this.#used);
    this.#hashes.push(hash);
    const entry = this.#codes.push(code) - 1;
    if (this.#codes.length * 2 > this.#slots.length) this.#growSlots();
    else this.#place(entry, hash);
  }

  #isSame(entry: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.#starts[entry] as number;
    const length = end - start;
    if ((this.#ends[entry] as number) - from !== length) return false;
    const pool = this.#pool;
    for (let i = 0; i < length; i++) {
      if (pool[from + i] !== bytes[start + i]) return false;
    }
    return true;
  }

  #place(entry: number, hash: number): void {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    while (this.#slots[slot] !== EMPTY) slot = (slot + 1) & mask;
    this.#slots[slot] = entry;
  }

  #growSlots(): void {
    this.#slots = new Int32Array(this.#slots.length * 4).fill(EMPTY);
    this.#hashes.forEach((hash, entry) => this.#place(entry, hash));
  }

  #growPool(): void {
    const pool = new Uint8Array(this.#pool.length * 2);
    pool.set(this.#pool);
    this.#pool = pool;
  }
}
