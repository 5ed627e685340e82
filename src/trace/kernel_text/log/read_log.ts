import type { ImportContext } from '../../importer.js';
import { readDmesg, type Dmesg } from './dmesg.js';
import { refuseForeign } from './machine_kind.js';

/** The kernel log of an input, its problems told. Errors: those of refuseForeign(), readDmesg(). */
export function readLog(file: string, text: string, { given, problems }: ImportContext): Dmesg {
  const { boot } = given;
  const dmesg = readDmesg(text, boot === undefined ? {} : { boot });
  refuseForeign(file, dmesg);
  for (const { line, message } of dmesg.problems) problems.add(file, line, message);
  return dmesg;
}
