/** `run --state`: the state of one run after chosen inputs, as text. */
import type { StateAfter } from '../compare/state_after.js';

function part(name: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`  ${name}`, ...lines.map((line) => `    ${line}`)];
}

/** `run`: its name and version. */
export function stateReport(run: string, states: readonly StateAfter[]): string {
  const lines = states.flatMap(({ title, source, told, state, violated }) => [
    `${run} after ${title}${source === '' ? '' : ` (${source})`}`,
    ...part('told', told), ...part('state', state), ...part('violated', violated), '',
  ]);
  return lines.map((line) => `${line}\n`).join('');
}
