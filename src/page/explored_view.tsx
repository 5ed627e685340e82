/** What `explore` found: the outcomes of each policy, and schedules as lanes of the tasks. */
import type {
  ExploreDocument, ExploredEnding, ExploredParting, ExploredPolicy, Turn,
} from '../explore/document.js';
import type { ExplorePage } from '../report/page_data.js';
import { SectionView } from './blocks.js';

const LANE = 22;
const LEFT = 110;
/** px of a turn of one step; each doubling of its steps is as wide again. */
const STEP = 16;

type Tasks = ExploreDocument['window']['tasks'];

const harms: Readonly<Record<ExploredEnding['kind'], string>> =
  { offline: 'well', returns: 'warning', hangs: 'loop', fault: 'bug' };

function widthOf({ steps }: Turn): number {
  return STEP * (1 + Math.log2(steps));
}

function turnText({ letter, steps, at }: Turn): string {
  return `${letter}: ${steps} step${steps === 1 ? '' : 's'}, then at ${at || 'its end'}`;
}

/** One schedule: a lane for each task, a bar for each turn. */
function Lanes({ tasks, turns, name }: {
  readonly tasks: Tasks; readonly turns: readonly Turn[]; readonly name: string;
}) {
  let x = LEFT;
  const bars = turns.map((turn) => {
    const left = x;
    x += widthOf(turn);
    return { turn, left };
  });
  const lane = (letter: string): number =>
    LANE * Math.max(tasks.findIndex((task) => task.letter === letter), 0);
  const height = LANE * tasks.length;
  return <figure class="strip lanes"><figcaption>{name}</figcaption>
    <div class="wide" tabIndex={0}>
      <svg width={x + 4} height={height} role="img"
        aria-label={`${name}: ${turns.map(turnText).join('; ')}`}>
        {tasks.map(({ letter, task }) => <g>
          <line class="lane" x1={LEFT} x2={x} y1={lane(letter) + LANE / 2}
            y2={lane(letter) + LANE / 2} />
          <text class="row" x={0} y={lane(letter) + LANE - 7}>{`${letter} ${task}`}</text>
        </g>)}
        {bars.map(({ turn, left }) => <g>
          <rect class={turn.letter === 'a' ? 'c-blue' : 'c-orange'} x={left}
            y={lane(turn.letter) + 2} width={widthOf(turn) - 1} height={LANE - 4}>
            <title>{turnText(turn)}</title></rect>
          <text x={left + 3} y={lane(turn.letter) + LANE - 7}>{turn.steps}</text>
        </g>)}
      </svg>
    </div>
    <details><summary>Turn by turn</summary>
      <ol>{turns.map((turn) => <li>{turnText(turn)}</li>)}</ol></details>
  </figure>;
}

/** How often a policy comes to each of its ends, and the shortest way to it. */
function Outcomes({ policy, tasks }: {
  readonly policy: ExploredPolicy; readonly tasks: Tasks;
}) {
  return <li><h3>{policy.id}{policy.complete ? '' : ' (not complete)'}</h3>
    <ul>{policy.endings.map((ending) => <li>
      <span class={`harm ${harms[ending.kind]}`}>{ending.outcome}</span>{' '}
      <span class="hint">{ending.schedules} schedules</span>
      <Lanes tasks={tasks} turns={ending.turns} name={`the shortest, ${ending.shortest}`} />
    </li>)}</ul></li>;
}

/** What one policy makes of a schedule. */
interface Side {
  readonly id: string;
  readonly outcome: string;
  readonly kind: ExploredEnding['kind'];
  readonly turns: readonly Turn[];
}

/** Of all pairs that part on one schedule each policy once. */
function sidesOf(pairs: readonly ExploredParting[]): readonly Side[] {
  const sides = new Map<string, Side>();
  for (const { one, other, outcomes, kinds, turns } of pairs) {
    for (const [id, at] of [[one, 0], [other, 1]] as const) {
      sides.set(id, { id, outcome: outcomes[at], kind: kinds[at], turns: turns[at] });
    }
  }
  return [...sides.values()];
}

function PartingView({ pairs, tasks, schedule }: {
  readonly pairs: readonly ExploredParting[]; readonly tasks: Tasks; readonly schedule: string;
}) {
  return <section aria-label={schedule}>
    <h3>{schedule}</h3>
    {sidesOf(pairs).map(({ id, outcome, kind, turns }) => <>
      <Lanes tasks={tasks} turns={turns} name={id} />
      <p><span class={`harm ${harms[kind]}`}>{outcome}</span></p>
    </>)}
    {pairs.slice(0, 1).map(({ command }) => <pre tabIndex={0}>{command}</pre>)}
  </section>;
}

export function ExploredView({ page }: { readonly page: ExplorePage }) {
  const { title, sections, explored: { policies, partings, window: { tasks } } } = page;
  const [answer, ...others] = sections;
  const schedules = [...new Set(partings.map(({ schedule }) => schedule))];
  return <article>
    <h1>{title}</h1>
    {answer !== undefined && <SectionView section={answer} />}
    <section aria-label="Schedules on which they part"><h2>Schedules on which they part</h2>
      {partings.length === 0 && <p>No schedule was found on which two of them end otherwise.</p>}
      {schedules.map((schedule) => <PartingView schedule={schedule} tasks={tasks}
        pairs={partings.filter((one) => one.schedule === schedule)} />)}</section>
    <section aria-label="Outcomes"><h2>Outcomes</h2>
      <p class="hint">A bar is a turn of a task, and what stands in it the number of its
        steps; a takes the range offline.</p>
      <ul class="outcomes">{policies.map((policy) =>
        <Outcomes policy={policy} tasks={tasks} />)}</ul></section>
    <section><h2>In words</h2>{others.map((section) => <SectionView section={section} fold />)}
    </section>
  </article>;
}
