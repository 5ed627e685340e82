/** All of one trace: its verdict, then what can be looked at, then the rest of the report. */
import { useMemo } from 'preact/hooks';
import type { Divergence } from '../compare/comparison.js';
import type { PageTrace } from '../report/page_data.js';
import { SectionView } from './blocks.js';
import { Matrix } from './matrix.js';
import { MemoryMap } from './memory_map.js';
import type { Place } from './place.js';
import { Plots } from './plots.js';
import { kinds, StateDiff, Zonelists } from './state.js';
import { Timeline } from './timeline.js';

interface Parts {
  readonly trace: PageTrace;
  readonly place: Place;
  readonly onPlace: (place: Place) => void;
}

function PolicyChoice({ names, policy, onPolicy }: {
  readonly names: readonly string[]; readonly policy: string;
  readonly onPolicy: (name: string) => void;
}) {
  return <label class="choice">Against the base: <select value={policy}
    onChange={(event) => onPolicy(event.currentTarget.value)}>
    {names.map((name) => <option value={name}>{name}</option>)}</select></label>;
}

/**
 * Where to look first: the run is not as the base there, if that can be seen in the state; else
 * where any two runs part.
 */
function firstRow(divergences: readonly Divergence[], base: number, run: number):
number | undefined {
  const known = divergences.filter(({ unknown }) => unknown === undefined);
  const part = ({ values }: Divergence): boolean =>
    values.some(({ runs }) => runs.includes(base) !== runs.includes(run));
  const one = known.find((each) => kinds.includes(each.kind) && part(each)) ?? known.find(part);
  return (one ?? known[0])?.event.row;
}

export function TraceView({ trace, place, onPlace }: Parts) {
  const { comparison: { course, divergences, runs }, comparison } = trace;
  const names = useMemo(() => runs.map(({ name }) => name), [runs]);
  // Where all are of one question its name says nothing.
  const shown = useMemo(() => names.map((name) => (trace.question.includes(',') ? name
    : name.replace(`${trace.question}/`, ''))), [names, trace]);
  const others = names.filter((name) => name !== 'base');
  const policy = place.policy !== undefined && names.includes(place.policy) ? place.policy
    : trace.cells.find(({ standing }) => standing === 'fixes')?.run ??
      others.find((name) => name !== 'recorded') ?? 'base';
  const first = firstRow(divergences, Math.max(names.indexOf('base'), 0), names.indexOf(policy));
  const row = place.event ?? first ?? course?.instants.at(-1)?.row ?? -1;
  const [answer, ...sections] = trace.sections;
  return <article>
    {answer !== undefined && <SectionView section={answer} first />}
    {trace.cells.length > 1 && <Matrix traces={[trace]} />}
    {course === undefined
      ? <p>What happened in time is kept for few traces only: <code>mmreplay run --full --format
        html</code>, or one trace.</p>
      : <>
        <Timeline course={course} comparison={comparison} row={row}
          onRow={(event) => onPlace({ trace: trace.name, event, policy: place.policy })} />
        <MemoryMap course={course} names={shown} row={row} />
        {others.length > 0 && <PolicyChoice names={others} policy={policy}
          onPolicy={(name) => onPlace({ trace: trace.name, event: row, policy: name })} />}
        <StateDiff course={course} names={names} row={row} policy={policy} />
        <Zonelists course={course} names={shown} row={row} />
        <Plots course={course} names={shown} />
      </>}
    <h2>Report</h2>
    {sections.map((section) => <SectionView section={section} fold />)}
  </article>;
}
