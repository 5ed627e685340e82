/** include/linux/mmzone.h: sections of memory, and which of their pages have a memmap. */
import { ChangedFrom } from '../base/changed_from.js';
import { PAGES_PER_SECTION, PAGES_PER_SUBSECTION } from './mmzone.js';

const PRESENT = 1;
const ONLINE = 2;
const EARLY = 4;
const DEVICE = 8;
/** All its subsections are valid: it needs no map. */
const WHOLE = 16;
/** The boot made its usage map, which is there for good: also when the section has gone. */
const USAGE_RESERVED = 32;
const SUBSECTIONS = PAGES_PER_SECTION / PAGES_PER_SUBSECTION;

/**
 * struct mem_section of every section, as one byte each: present (has a memmap), online, early
 * (from boot), zone_device. Sections that are only in part valid keep a subsection map.
 * Indexed by section number = pfn / 32768. A 24 TiB machine needs 192 KiB.
 */
export class Sections {
  #flags = new Uint8Array(64);
  readonly #subsections = new Map<number, boolean[]>();
  /** By section number. */
  readonly changed = new ChangedFrom();
  /** Sections that somebody asked for. */
  readonly #tested = new Set<number>();
  /** __highest_present_section_nr: never falls. -1 when nothing was ever present. */
  highest_present = -1;

  #grow(section: number): void {
    if (section < this.#flags.length) return;
    let size = this.#flags.length;
    while (size <= section) size *= 2;
    const wider = new Uint8Array(size);
    wider.set(this.#flags);
    this.#flags = wider;
  }

  #has(section: number, flag: number): boolean {
    return ((this.#flags[section] ?? 0) & flag) !== 0;
  }

  #set(section: number, flag: number, value: boolean): void {
    this.#grow(section);
    this.changed.note(section);
    const old = this.#flags[section] ?? 0;
    this.#flags[section] = value ? old | flag : old & ~flag;
  }

  present(section: number): boolean {
    return this.#has(section, PRESENT);
  }

  online(section: number): boolean {
    return this.#has(section, ONLINE);
  }

  early(section: number): boolean {
    return this.#has(section, EARLY);
  }

  device(section: number): boolean {
    return this.#has(section, DEVICE);
  }

  /** PageReserved() of the page that has its usage map. */
  usage_reserved(section: number): boolean {
    return this.#has(section, USAGE_RESERVED);
  }

  set_present(section: number, early: boolean): void {
    this.#set(section, PRESENT, true);
    this.#set(section, EARLY, early);
    if (early) this.#set(section, USAGE_RESERVED, true);
    if (section > this.highest_present) this.highest_present = section;
  }

  set_online(section: number, online: boolean): void {
    this.#set(section, ONLINE, online);
  }

  set_device(section: number, device: boolean): void {
    this.#set(section, DEVICE, device);
  }

  clear(section: number): void {
    this.#grow(section);
    this.changed.note(section);
    this.#flags[section] = this.usage_reserved(section) ? USAGE_RESERVED : 0;
    this.#subsections.delete(section);
  }

  /** Marks [start_pfn, start_pfn + nr_pages) valid in its section's subsection map. */
  fill_subsections(start_pfn: number, nr_pages: number): void {
    const end = start_pfn + nr_pages;
    for (let pfn = start_pfn; pfn < end;) {
      const section = pfn_to_section_nr(pfn);
      const base = section * PAGES_PER_SECTION;
      const stop = Math.min(end, base + PAGES_PER_SECTION);
      if (stop - pfn === PAGES_PER_SECTION) this.#setWhole(section);
      else if (!this.#has(section, WHOLE)) {
        const map = this.#map(section);
        const first = Math.floor((pfn - base) / PAGES_PER_SUBSECTION);
        map.fill(true, first, Math.ceil((stop - base) / PAGES_PER_SUBSECTION));
        this.#keep(section, map);
      }
      pfn = stop;
    }
  }

  /** Is anything of [start_pfn, start_pfn + nr_pages), within one section, valid already? */
  has_subsection(start_pfn: number, nr_pages: number): boolean {
    const section = pfn_to_section_nr(start_pfn);
    const first = Math.floor((start_pfn % PAGES_PER_SECTION) / PAGES_PER_SUBSECTION);
    const map = this.#map(section);
    return map.slice(first, first + Math.ceil(nr_pages / PAGES_PER_SUBSECTION)).includes(true);
  }

  /** Somebody asks for the section: is it for the first time? */
  test(section: number): boolean {
    const isFirst = !this.#tested.has(section);
    this.#tested.add(section);
    return isFirst;
  }

  /** Is all of [start_pfn, start_pfn + nr_pages), within one section, valid? */
  has_all(start_pfn: number, nr_pages: number): boolean {
    const section = pfn_to_section_nr(start_pfn);
    if (this.#has(section, WHOLE)) return true;
    const first = Math.floor((start_pfn % PAGES_PER_SECTION) / PAGES_PER_SUBSECTION);
    const map = this.#map(section);
    return !map.slice(first, first + Math.ceil(nr_pages / PAGES_PER_SUBSECTION)).includes(false);
  }

  /**
   * Takes [start_pfn, start_pfn + nr_pages), within one section, out of its subsection map.
   * @returns true when nothing of the section is left
   */
  clear_subsections(start_pfn: number, nr_pages: number): boolean {
    const section = pfn_to_section_nr(start_pfn);
    const map = this.#map(section);
    const first = Math.floor((start_pfn % PAGES_PER_SECTION) / PAGES_PER_SUBSECTION);
    map.fill(false, first, first + Math.ceil(nr_pages / PAGES_PER_SUBSECTION));
    this.#keep(section, map);
    return !map.includes(true);
  }

  /** All subsections of the section have a bit. */
  whole(section: number): boolean {
    return this.#has(section, WHOLE);
  }

  /** pfn_section_valid(): the subsection of the pfn has a bit. */
  subsection_valid(pfn: number): boolean {
    const section = pfn_to_section_nr(pfn);
    if (this.#has(section, WHOLE)) return true;
    const map = this.#subsections.get(section);
    if (map === undefined) return false;
    return map[Math.floor((pfn % PAGES_PER_SECTION) / PAGES_PER_SUBSECTION)] ?? false;
  }

  #map(section: number): boolean[] {
    return this.#subsections.get(section) ??
      new Array<boolean>(SUBSECTIONS).fill(this.#has(section, WHOLE));
  }

  #keep(section: number, map: boolean[]): void {
    if (!map.includes(false)) {
      this.#setWhole(section);
      return;
    }
    this.#set(section, WHOLE, false);
    this.#subsections.set(section, map);
  }

  #setWhole(section: number): void {
    this.#set(section, WHOLE, true);
    this.#subsections.delete(section);
  }
}

/** The section that a page is of: pfn_to_section_nr() of include/linux/mmzone.h. */
export function pfn_to_section_nr(pfn: number): number {
  return Math.floor(pfn / PAGES_PER_SECTION);
}
