/**
 * A scenario without QEMU: the same file as `mmreplay record` takes, as a trace whose inputs are
 * its steps. Nothing was recorded, so that every policy is on its own.
 */
import { TraceError } from '../../base/errors.js';
import { rowProblem } from '../row_limits.js';
import type { ImportContext, Importer } from '../importer.js';
import { locateScenario } from '../scenario/scenario.js';
import { scenarioRows } from '../scenario/scenario_rows.js';
import { readText, type Source } from '../source.js';
import type { TraceHeader } from '../trace.js';

/** Of something that can be read, and not of bytes. */
const isText = (head: string): boolean => head.trim() !== '' && !/[\0\xff]/.test(head);

export default {
  id: 'scenario',
  doc: 'A scenario for `mmreplay record`: its machine and steps, without any kernel\'s answers.',
  made_by: 'hand; see traces/scenarios',
  sniff: ({ head, path, names }) => {
    const json = /^\s*\{/.test(head) && /"machine"\s*:\s*\{/.test(head) &&
      /"(name|steps)"\s*:/.test(head);
    const isYaml = /\.ya?ml$/.test(path) && /^(?:steps|machine):/m.test(head);
    return json || isYaml || (/^machine:/m.test(head) && /^(name|steps):/m.test(head)) ? 0.9
      // What nobody else takes: its reader says in which line it is none.
      : names.length === 0 && isText(head) && /\.(json|ya?ml)$/.test(path) ? 0.05 : 0;
  },
  async read(source: Source, context: ImportContext): Promise<Partial<TraceHeader>> {
    const { given, builder, problems } = context;
    const { scenario, lineOf, lineOfRow, machineLine } =
      locateScenario(source.path, await readText(source));
    const { rows, unused, refused, header } = scenarioRows(scenario);
    for (const { row, step, of } of rows) {
      const line = step !== undefined ? lineOf(step)
        : of === undefined ? machineLine : lineOfRow(of);
      // Who wrote the step means it to be done: a note that it was left out is read by nobody.
      const wrong = step === undefined ? undefined : rowProblem(row);
      if (wrong !== undefined) throw new TraceError({ file: source.path, line }, wrong);
      builder.append(row, line);
    }
    for (const kind of unused) builder.countUnused(kind);
    for (const { text, step } of refused) {
      problems.add(source.path, step === undefined ? machineLine : lineOf(step), text);
    }
    const question = given.question ?? scenario.question;
    return {
      ...header, config: { ...scenario.config, ...given.config },
      ...(scenario.kernel === undefined ? {} : { kernel: scenario.kernel }),
      ...(given.series === undefined ? {} : { series: given.series }),
      ...(question === undefined ? {} : { question }),
      ...(scenario.expects.length === 0 ? {} : { expects: scenario.expects }),
    };
  },
} satisfies Importer;
