/** The page-level events that are read byte by byte, recognised by their names. */
import { eventCode } from './build.js';
import { KnownText } from './known_text.js';

/** An event that page-level traces are full of. */
export interface PageKind {
  readonly code: number;
  readonly hasMigratetype: boolean;
  /** Words stand behind the migratetype: they are `args`. */
  readonly hasArgs: boolean;
  /** A page is freed: by whom is said by what stands before the event's name. */
  readonly isFree: boolean;
  /** The name and what must stand behind it. */
  readonly text: KnownText;
}

const kinds = [
  { name: 'mm_page_alloc', hasMigratetype: true, hasArgs: true },
  { name: 'mm_page_alloc_zone_locked', hasMigratetype: true, hasArgs: true },
  { name: 'mm_page_free', hasMigratetype: false, hasArgs: false },
  { name: 'mm_page_free_batched', hasMigratetype: false, hasArgs: false },
  { name: 'mm_page_pcpu_drain', hasMigratetype: true, hasArgs: false },
] as const;

/** The names differ in these two bytes, of which the sum is enough to tell them apart. */
const FIRST = 12;
const PLACES = 16;

export class PageKinds {
  readonly #kinds: (PageKind | undefined)[] = new Array<undefined>(PLACES).fill(undefined);

  /** Names are told with what stands behind them: a colon, some commas. */
  constructor(behind: string) {
    for (const { name, hasMigratetype, hasArgs } of kinds) {
      const bytes = Buffer.from(name + behind);
      const text = new KnownText(bytes, eventCode(name));
      this.#kinds[((bytes[FIRST] ?? 0) + (bytes[FIRST + 1] ?? 0)) % PLACES] = {
        code: text.code, hasMigratetype, hasArgs, isFree: name === 'mm_page_free', text,
      };
    }
  }

  /** The kind whose name stands at `at`; undefined when none does. */
  find(view: DataView, at: number): PageKind | undefined {
    const place = view.getUint8(at + FIRST) + view.getUint8(at + FIRST + 1);
    const kind = this.#kinds[place & (PLACES - 1)];
    return kind !== undefined && kind.text.isAt(view, at) ? kind : undefined;
  }
}
