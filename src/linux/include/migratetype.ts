/** Migratetypes of pageblocks, as small codes: what is kept for each of millions of pages. */
import { PAGES_PER_SECTION, pageblock_nr_pages, type MigrateType } from './mmzone.js';

/** Names by code. The numbers that a kernel prints differ: see `printedMigratetype`. */
export const migratetypes: readonly MigrateType[] = [
  'Unmovable', 'Movable', 'Reclaimable', 'HighAtomic', 'CMA', 'Isolate',
];
export const MIGRATE_UNMOVABLE = 0;
export const MIGRATE_MOVABLE = 1;
export const MIGRATE_RECLAIMABLE = 2;
export const MIGRATE_PCPTYPES = 3;
export const MIGRATE_HIGHATOMIC = 3;
export const MIGRATE_CMA = 4;
export const MIGRATE_ISOLATE = 5;
export const MIGRATE_TYPES = 6;

/** The code of a name. */
export function migratetypeCode(name: MigrateType): number {
  return migratetypes.indexOf(name);
}

/** The number by which a kernel prints the type: one less for Isolate without CONFIG_CMA. */
export function printedMigratetype(
  code: number, kconfig: Readonly<Record<string, string>>,
): number {
  return code === MIGRATE_ISOLATE && kconfig['CMA'] !== 'y' ? MIGRATE_CMA : code;
}

/** Set beside the type of a pageblock whose isolation is a bit of its own. */
const ISOLATED = 16;

const BLOCKS = PAGES_PER_SECTION / pageblock_nr_pages;

function shown(bits: number): number {
  return bits >= ISOLATED ? MIGRATE_ISOLATE : bits;
}

/** pageblock_flags of all sections; a section that nobody wrote is Movable. */
export class PageblockTypes {
  readonly #sections = new Map<number, Uint8Array>();

  /** MIGRATE_ISOLATE for a pageblock that is isolated, in either way. */
  get(pfn: number): number {
    return shown(this.#bits(pfn));
  }

  /** The type of a pageblock that isolate() was called for; undefined: it was not. */
  under(pfn: number): number | undefined {
    const bits = this.#bits(pfn);
    return bits >= ISOLATED ? bits - ISOLATED : undefined;
  }

  /** The pageblocks that begin in [start_pfn, end_pfn) are isolated and keep this type. */
  isolate(start_pfn: number, end_pfn: number, code: number): void {
    this.set(start_pfn, end_pfn, code + ISOLATED);
  }

  #bits(pfn: number): number {
    const section = Math.floor(pfn / PAGES_PER_SECTION);
    const types = this.#sections.get(section);
    if (types === undefined) return MIGRATE_MOVABLE;
    return types[Math.floor((pfn % PAGES_PER_SECTION) / pageblock_nr_pages)] ?? MIGRATE_MOVABLE;
  }

  /** The types of a section's pageblocks, to be kept by somebody who wants to go back. */
  ofSection(section: number): Uint8Array {
    const known = this.#sections.get(section);
    if (known !== undefined) return known;
    const types = new Uint8Array(BLOCKS).fill(MIGRATE_MOVABLE);
    this.#sections.set(section, types);
    return types;
  }

  /** First pfns of the pageblocks of this type in the sections asked for; not for Movable. */
  having(code: number, isWanted: (section: number) => boolean): number[] {
    const found: number[] = [];
    for (const [section, types] of this.#sections) {
      if (!isWanted(section)) continue;
      for (const [index, type] of types.entries()) {
        if (shown(type) !== code) continue;
        found.push(section * PAGES_PER_SECTION + index * pageblock_nr_pages);
      }
    }
    return found.sort((a, b) => a - b);
  }

  /** The same in a range, of whatever sections. */
  havingIn(code: number, start_pfn: number, end_pfn: number): number[] {
    const found: number[] = [];
    for (let pfn = start_pfn; pfn < end_pfn; pfn += pageblock_nr_pages) {
      if (this.get(pfn) === code) found.push(pfn);
    }
    return found;
  }

  /** Gives all pageblocks that begin in [start_pfn, end_pfn) this type. */
  set(start_pfn: number, end_pfn: number, code: number): void {
    for (let pfn = start_pfn; pfn < end_pfn; pfn += pageblock_nr_pages) {
      const section = Math.floor(pfn / PAGES_PER_SECTION);
      let types = this.#sections.get(section);
      if (types === undefined) {
        if (code === MIGRATE_MOVABLE) {
          pfn = (section + 1) * PAGES_PER_SECTION - pageblock_nr_pages;
          continue;
        }
        types = new Uint8Array(BLOCKS).fill(MIGRATE_MOVABLE);
        this.#sections.set(section, types);
      }
      types[Math.floor((pfn % PAGES_PER_SECTION) / pageblock_nr_pages)] = code;
    }
  }
}
