/** Zonelists side by side, and what is not as on the base at the chosen instant. */
import type { Course } from '../compare/course.js';
import { namesText, stateAt } from './course_view.js';

interface Parts {
  readonly course: Course;
  readonly names: readonly string[];
  readonly row: number;
}

/** Runs with the same text together, in the order of the first. */
function together(list: readonly (readonly [name: string, text: string])[]):
readonly (readonly [text: string, names: readonly string[]])[] {
  const same = new Map<string, string[]>();
  for (const [name, text] of list) same.set(text, [...same.get(text) ?? [], name]);
  return [...same];
}

export function Zonelists({ course, names, row }: Parts) {
  const states = names.map((name, run) =>
    [name, stateAt(course, run, row, ['zonelists'])] as const);
  const subjects = [...new Set(states.flatMap(([, state]) => [...state.keys()]))].sort();
  if (subjects.length === 0) return null;
  return <section aria-label="Zonelists"><h2>Zonelists</h2>
    {subjects.map((subject) => <div class="zonelist"><h3>{subject}</h3>
      {together(states.flatMap(([name, state]) => {
        const text = state.get(subject);
        return text === undefined ? [] : [[name, text] as const];
      })).map(([text, runs]) => <div><span class="who">{namesText(runs)}</span>
        <ol>{text.split(' ').map((zone) => <li>{zone}</li>)}</ol></div>)}
    </div>)}
  </section>;
}

/** Kinds of which StateDiff shows what differs. */
export const kinds: readonly string[] = ['state', 'invariant', 'links', 'zonelists'];

/** Words of a value that the other one has not. */
function Words({ text, other }: { readonly text: string; readonly other: string }) {
  const known = new Set(other.split(/\s+/));
  return <>{text.split(' ').map((word) => (
    known.has(word) ? `${word} ` : <><b>{word}</b>{' '}</>))}</>;
}

export function StateDiff({ course, names, row, policy }: Parts & { readonly policy: string }) {
  const base = Math.max(names.indexOf('base'), 0);
  const run = names.indexOf(policy);
  if (run < 0 || run === base) return null;
  const [before, now] = [stateAt(course, base, row, kinds), stateAt(course, run, row, kinds)];
  // Of a recording only what was recorded can differ.
  const subjects = [...new Set([...(policy === 'recorded' ? [] : before.keys()), ...now.keys()])]
    .filter((subject) => before.get(subject) !== now.get(subject));
  return <section aria-label="State"><h2>State: base and {policy}</h2>
    {subjects.length === 0 ? <p>Nothing that was seen differs here.</p>
      : <div class="wide" tabIndex={0}><table>
        <thead><tr><th scope="col">subject</th><th scope="col">base</th>
          <th scope="col">{policy}</th></tr></thead>
        <tbody>{subjects.map((subject) => {
          const [one, other] = [before.get(subject) ?? 'absent', now.get(subject) ?? 'absent'];
          return <tr><th scope="row">{subject}</th><td class="minus"><Words text={one}
            other={other} /></td><td class="plus"><Words text={other} other={one} /></td></tr>;
        })}</tbody></table></div>}
  </section>;
}
