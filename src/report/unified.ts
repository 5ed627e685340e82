/** State dumps as unified diffs. */
import { structuredPatch } from 'diff';

/** Lines of context, and what a diff may cost: beyond it only the fact of the change is told. */
const CONTEXT = 3;
const TIMEOUT_MS = 2000;
const EDITS_MAX = 20_000;

/** `--- a` ... of two lists of lines; no line when they are equal. */
export function unifiedDiff(
  left: { readonly name: string; readonly lines: readonly string[] },
  right: { readonly name: string; readonly lines: readonly string[] },
): string[] {
  const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
  const patch = structuredPatch(
    left.name, right.name, joined(left.lines), joined(right.lines), undefined, undefined,
    { context: CONTEXT, timeout: TIMEOUT_MS, maxEditLength: EDITS_MAX });
  const heads = [`--- ${left.name}`, `+++ ${right.name}`];
  if (patch === undefined) return [...heads, '(too different to show)'];
  if (patch.hunks.length === 0) return [];
  return [...heads, ...patch.hunks.flatMap((hunk) => [
    `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`,
    ...hunk.lines.filter((line) => !line.startsWith('\\')),
  ])];
}
