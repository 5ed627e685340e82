/** Events of kprobes whoever named them: the probed function stands in parentheses. */
import { renamedTo } from '../../../base/kernel_names.js';
import { eventType } from '../../events.js';

const address = /^(?:0x)?[0-9a-f]{8,}$/;
/** `offline_pages`, also where the compiler cut it: `offline_pages.isra.0`. */
const fn = String.raw`([A-Za-z_]\w*)(?:\.(?:isra|constprop|part|cold|llvm)\.\w+)*`;
const returned = new RegExp(String.raw`^\([^()]*<-\s*${fn}(?:\+0x0)?(?:/0x\w+)?\)`);
const entered = new RegExp(String.raw`^\(${fn}(?:\+0x0)?(?:/0x\w+)?\)`);

/** Does the table of events have it, or its return? */
const isKnown = (name: string): boolean => eventType(name.replace(/_ret$/, '')) !== undefined;

/** The event of a function whatever its kernel calls it; inputs have their own arguments. */
export function callName(name: string): string {
  return renamedTo(name, (one) => eventType(one)?.role === 'outcome') ?? name;
}

/**
 * The name that a probe of the function has in recordings: NAME, and NAME_ret for its return. An
 * event with a name of its own, which is no probe or is named already, keeps it.
 */
export function probeName(name: string, rest: string): string {
  if (!rest.startsWith('(') || isKnown(name)) return name;
  const perf = /^(.*)__return$/.exec(name)?.[1];
  const back = returned.exec(rest)?.[1];
  if (back !== undefined && !address.test(back)) return `${callName(back)}_ret`;
  if (perf !== undefined) return `${perf}_ret`;
  const entry = rest.includes('<-') ? undefined : entered.exec(rest)?.[1];
  return entry === undefined || address.test(entry) ? name : callName(entry);
}
