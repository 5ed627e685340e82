/** The page-level events that are read byte by byte, recognised by the words of their names. */
import { eventCode } from '../build.js';

/** Four letters as the little-endian word that holds them. */
export function word(text: string): number {
  return Buffer.from(text, 'latin1').readInt32LE(0);
}

const MM_P = word('mm_p');
const AGE_ = word('age_');
const ALLO = word('allo');
const FREE = word('free');
const PCPU = word('pcpu');
const ZONE = word('_zon');
const E_LO = word('e_lo');
const CKED = word('cked');
const BATC = word('_bat');
const CHED = word('ched');
const DRAI = word('_dra');

/** An event that page-level traces are full of. */
export interface Kind {
  readonly code: number;
  readonly hasMigratetype: boolean;
  /** Words stand behind the migratetype: they are `args`. */
  readonly hasArgs: boolean;
  readonly nameLength: number;
}

function kind(name: string, hasMigratetype: boolean, hasArgs: boolean): Kind {
  return { code: eventCode(name), hasMigratetype, hasArgs, nameLength: name.length };
}

const alloc = kind('mm_page_alloc', true, true);
const zoneLocked = kind('mm_page_alloc_zone_locked', true, true);
const free = kind('mm_page_free', false, false);
const batched = kind('mm_page_free_batched', false, false);
const drain = kind('mm_page_pcpu_drain', true, false);

const COLON = 58;
const LETTER_C = 99;
const LETTER_I = 105;
const LETTER_N = 110;

/** The kind whose name and colon stand at `at`; undefined when none does. */
export function kindAt(view: DataView, at: number): Kind | undefined {
  if (view.getInt32(at, true) !== MM_P || view.getInt32(at + 4, true) !== AGE_) return undefined;
  const found = kindOf(view, at + 8);
  const isWhole = found !== undefined && view.getUint8(at + found.nameLength) === COLON;
  return isWhole ? found : undefined;
}

/** The kind by the letters behind `mm_page_`. */
function kindOf(view: DataView, at: number): Kind | undefined {
  const first = view.getInt32(at, true);
  if (first === ALLO) return allocKind(view, at);
  if (first === FREE) {
    if (view.getUint8(at + 4) === COLON) return free;
    return view.getInt32(at + 4, true) === BATC && view.getInt32(at + 8, true) === CHED
      ? batched : undefined;
  }
  return first === PCPU && view.getInt32(at + 4, true) === DRAI
    && view.getUint8(at + 8) === LETTER_I && view.getUint8(at + 9) === LETTER_N
    ? drain : undefined;
}

function allocKind(view: DataView, at: number): Kind | undefined {
  if (view.getUint8(at + 4) !== LETTER_C) return undefined;
  if (view.getUint8(at + 5) === COLON) return alloc;
  const isLocked = view.getInt32(at + 5, true) === ZONE
    && view.getInt32(at + 9, true) === E_LO && view.getInt32(at + 13, true) === CKED;
  return isLocked ? zoneLocked : undefined;
}
