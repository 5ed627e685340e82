/** State dumps as unified diffs. */
import { structuredPatch } from 'diff';

/** Lines of context. */
const CONTEXT = 3;
/**
 * Lines that differ, beyond which only the fact of the change is told: about a second. A bound in
 * time would have a slow machine print another report than a fast one.
 */
const EDITS_MAX = 2000;

/** `--- a` ... of two lists of lines; no line when they are equal. */
export function unifiedDiff(
  left: { readonly name: string; readonly lines: readonly string[] },
  right: { readonly name: string; readonly lines: readonly string[] },
): string[] {
  const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
  const patch = structuredPatch(
    left.name, right.name, joined(left.lines), joined(right.lines), undefined, undefined,
    { context: CONTEXT, maxEditLength: EDITS_MAX });
  const heads = [`--- ${left.name}`, `+++ ${right.name}`];
  if (patch === undefined) return [...heads, '(too different to show)'];
  if (patch.hunks.length === 0) return [];
  return [...heads, ...patch.hunks.flatMap((hunk) => [
    `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`,
    ...hunk.lines.filter((line) => !line.startsWith('\\')),
  ])];
}
