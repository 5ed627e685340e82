/**
 * info.json as it comes from outside, checked once: whoever reads a recording gets values of
 * these types and within these bounds.
 */
import * as v from 'valibot';
import { TraceError } from '../../../base/errors.js';
import { parseLocatedJson, type Json } from '../../../base/located_json.js';
import { excerpt } from '../../problems.js';
import { LAST_CPU } from '../../row_limits.js';
import { ofOwnAction } from './offline_by_shell.js';
import type { RecordingInfo } from './recording_info.js';

/** Steps of a recording; the largest that we have seen has 60. */
const MOST_STEPS = 10_000;
/** Characters of a note, a command, what it printed. */
const LONGEST_TEXT = 1 << 20;
const LONGEST_WORD = 4096;
/** Of memory, in MiB: 64 TiB. */
const MOST_MB = 2 ** 26;

const text = v.pipe(v.string('text'), v.maxLength(LONGEST_TEXT, `up to ${LONGEST_TEXT} letters`));
const word = v.pipe(v.string('text'), v.maxLength(LONGEST_WORD, `up to ${LONGEST_WORD} letters`));

function whole(least: number, last: number) {
  const says = `a whole number from ${least} to ${last}`;
  return v.pipe(v.number(says), v.integer(says), v.minValue(least, says), v.maxValue(last, says));
}

function list<const T extends v.GenericSchema>(item: T, most: number) {
  return v.pipe(v.array(item, 'a list [...]'), v.maxLength(most, `up to ${most} of them`));
}

const seconds = v.pipe(v.number('seconds'), v.minValue(0, 'seconds from 0 on'),
  v.maxValue(2 ** 32, `seconds up to ${2 ** 32}`));

const step = v.object({
  step: whole(0, MOST_STEPS), action: word,
  rc: v.exactOptional(whole(-(2 ** 31), 2 ** 31)),
  began: v.exactOptional(seconds),
  block: v.exactOptional(whole(0, 2 ** 25 - 1)),
  stderr: v.exactOptional(v.nullable(text)), output: v.exactOptional(v.nullable(text)),
  id: v.exactOptional(v.union([whole(0, 2 ** 31), word], 'a number or text')),
  size_mb: v.exactOptional(whole(0, MOST_MB)), node: v.exactOptional(whole(0, 1023)),
  requested_mb: v.exactOptional(whole(0, MOST_MB)), plugged_mb: v.exactOptional(whole(0, MOST_MB)),
  cmd: v.exactOptional(text), event: v.exactOptional(word),
  errno: v.exactOptional(whole(-4095, 4095)),
  path: v.exactOptional(word), value: v.exactOptional(text),
  ended: v.exactOptional(v.boolean('true or false')),
  write_rc: v.exactOptional(whole(0, 255)),
  device: v.exactOptional(word), region: v.exactOptional(whole(0, 1023)),
}, 'an object {...}');

const lost = v.object({
  cpu: whole(0, LAST_CPU), events: whole(0, 2 ** 48),
  which: v.exactOptional(v.picklist(['first', 'some'], '"first" or "some"')),
}, 'an object {...}');

const info = v.object({
  name: v.exactOptional(word), note: v.exactOptional(text),
  kernel: v.exactOptional(list(word, 8)),
  steps: v.exactOptional(list(step, MOST_STEPS)),
  qemu: v.exactOptional(v.object({ args: v.exactOptional(list(word, 4096)) }, 'an object {...}')),
  recorder: v.exactOptional(v.object({
    lost: v.exactOptional(list(lost, LAST_CPU + 1)), lacks: v.exactOptional(list(word, 4096)),
    lowmem_reserve_ratio: v.exactOptional(
      v.pipe(word, v.regex(/^[\d/\s]*$/, 'numbers joined by /'))),
  }, 'an object {...}')),
}, 'an object with name, kernel and steps');

/** `"steps[2].rc"` of an issue. */
function pathOf(issue: v.BaseIssue<unknown>): string {
  const parts = (issue.path ?? []).map(({ key }) =>
    (typeof key === 'number' ? `[${key}]` : `.${String(key)}`));
  return parts.join('').replace(/^\./, '');
}

/** The innermost object or list that an issue is in: its line is known. */
function placeOf(issue: v.BaseIssue<unknown>, whole_: Json): Json {
  const inputs = [whole_, ...(issue.path ?? []).flatMap(({ input, value }) => [input, value])];
  const places = inputs.filter((one) => typeof one === 'object' && one !== null);
  return (places.at(-1) ?? whole_) as Json;
}

/** Steps as a recorder of today would have written them. */
function withActions(read: RecordingInfo): RecordingInfo {
  return read.steps === undefined ? read : { ...read, steps: read.steps.map(ofOwnAction) };
}

/** @throws TraceError `file:line: what is wrong, what was expected` */
export function parseRecordingInfo(file: string, json: string): RecordingInfo {
  const located = parseLocatedJson(file, json);
  const parsed = v.safeParse(info, located.value, { abortEarly: true });
  if (parsed.success) return withActions(parsed.output);
  const [issue] = parsed.issues;
  const place = placeOf(issue, located.value);
  const member = issue.path?.findLast(({ input }) => input === place)?.key;
  const line = located.lineOf(place, member === undefined ? undefined : String(member));
  const path = pathOf(issue);
  const found = issue.input === undefined ? 'is missing'
    : `is ${excerpt(JSON.stringify(issue.input)).slice(1, -1).replaceAll('\\"', '"')}`;
  const what = path === '' ? 'the file' : `"${path}"`;
  throw new TraceError({ file, line }, `${what} ${found}, expected ${issue.message}`);
}
