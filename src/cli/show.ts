import { didYouMean } from '../base/closest.js';
import { UsageError } from '../base/errors.js';
import { modelName, otherNames } from '../base/kernel_names.js';
import { functionTags } from '../linux/function_tag.js';
import { callersInModel } from '../linux/history/callers.js';
import { textChanges } from '../linux/history/texts.js';
import { textRead } from '../linux/history/texts_read.js';
import { switches } from '../linux/history/switches/config.js';
import { differencesTo, newestConfig, versions } from '../linux/history/versions.js';
import { loadInvariants } from '../observe/invariant.js';
import { additionNames } from '../patch/additions.js';
import { loadPolicies } from '../patch/catalogue.js';
import { touchedFunctions, versionTable } from '../patch/conflicts.js';
import type { Patch } from '../patch/define.js';
import { isPolicyPath } from '../patch/load.js';
import { parseSeries } from '../patch/series.js';
import { isMade, modelChanges, releaseText } from '../patch/untold_texts.js';
import { callsOfWhole } from '../patch/whole_body.js';
import { eventTypes, type EventName } from '../trace/events.js';
import { stepFields } from '../trace/scenario/actions.js';
import { eventFields, machineEvents } from '../trace/scenario/event_fields.js';
import { defineCommand } from './program/command.js';
import { deliver } from './program/deliver.js';

type Lines = readonly string[];

/** Code that is no function of the table may call it all the same. */
const noCaller = 'no function by its own text or parts of it: an entry point, or called elsewhere';

/** What is said of each other text of the kernel's function, the oldest first. */
const textWords = {
  same: 'nothing that shows', made: 'the model too', outside: 'left out', lacks: 'not in the model',
} as const;

function textLines(name: string): Lines {
  const changes = textChanges(name);
  if (changes.length === 0) return [];
  return ['  kernel\'s   is another text from', ...changes.map((change) => {
    const read = textRead(name, change.by);
    const said = read === undefined
      ? isMade(name, change) ? 'the model too' : 'not read'
      : `${textWords[read.kind]}: ${read.words}`;
    return `    ${releaseText(change).padEnd(14)}  ${said}`;
  })];
}

async function showFunction(name: string, base: string): Promise<Lines | undefined> {
  const tag = functionTags()[name];
  if (tag === undefined) return undefined;
  const table = versionTable(base);
  const entry = table.get(name);
  if (entry === undefined) return undefined;
  const callers = [...table.values()]
    .filter((one) => callsOfWhole(one).names.has(name)).map((one) => `${one.name}()`);
  const { names, open } = callsOfWhole(entry);
  const callees = [...names].filter((one) => table.has(one)).map((one) => `${one}()`).sort();
  // A part of the function is given `k`, and its text cannot be read.
  if (open) callees.push('what its parts call');
  const policies = (await loadPolicies())
    .filter((patch) => touchedFunctions(patch).includes(name)).map(({ id }) => id);
  const differs = modelChanges(name);
  return [
    `${name}() of ${tag.kernelFile}, read in ${tag.version}; ${tag.fidelity}` +
      `${tag.why === '' ? '' : `: ${tag.why}`}`,
    `  in         ${tag.file}`,
    ...otherNames(name).map((other) => `  is         ${other}`),
    `  called by  ${callers.sort().join(', ') || noCaller}`,
    `  calls      ${callees.join(', ') || 'no kernel function'}`,
    `  other in   ${differs.join(', ') || 'no version'}`,
    ...textLines(name),
    `  policies   ${policies.join(', ') || 'none'}`,
    '', String(entry.body),
  ];
}

async function showSwitch(name: string, base: string): Promise<Lines | undefined> {
  const config: Readonly<Record<string, unknown>> = { ...differencesTo(base)?.config };
  const change = Object.entries(switches).find(([id]) => id === name)?.[1];
  if (change === undefined) return undefined;
  const table = versionTable(base);
  const readers = [...table.values()]
    .filter((one) => new RegExp(`config\\.${name}\\b`).test(one.texts.map(String).join('\n')))
    .map((one) => `${one.name}()`);
  const policies = (await loadPolicies())
    .filter((patch) => Object.hasOwn(patch.config ?? {}, name)).map(({ id }) => id);
  return [
    `switch ${name}: ${JSON.stringify(config[name])} in ${base}. ${change.doc}`,
    `  values     ${Object.entries(change.values).map(([version, value]) =>
      `${JSON.stringify(value)} from ${version}`).join(', ')}`,
    `  read in    ${readers.sort().join(', ') || 'what is no function of the table'}`,
    `  policies   ${policies.join(', ') || 'none'}`,
  ];
}

function policyLines(policy: Patch): Lines {
  return [`policy ${policy.id}: ${policy.subject}`, `  by         ${policy.author}`,
    `  link       ${policy.link}`, `  base       ${policy.base}`,
    `  in         ${policy.released ?? 'no release'}`,
    `  changes    ${touchedFunctions(policy).map((fn) => `${fn}()`).join(', ') || 'switches'}`,
    ...additionNames(policy.adds).map(({ kind, name, doc }) =>
      `  adds       ${kind} ${name}${doc.includes('\n') ? '' : `: ${doc}`}`),
    ...(policy.expects ?? []).map(({ name, text }) => `  expects    ${name}: ${text}`),
    `  ${policy.doc}`];
}

/** Of policies that -p names, what they add; of a file that NAME is, all of it. */
async function showOwn(name: string, named: readonly string[]): Promise<Lines | undefined> {
  const patches = (await Promise.all(named.map(parseSeries))).flatMap((one) => one.patches);
  if (isPolicyPath(name)) return patches.flatMap(policyLines);
  for (const { id, adds, expects = [] } of patches) {
    const found = additionNames(adds).find((one) => one.name === name);
    if (found !== undefined) return [`${found.kind} ${name} of ${id}`, '', found.doc];
    const own = expects.find((one) => one.name === name);
    if (own !== undefined) return [`expectation ${name} of ${id}: ${own.text}`];
  }
  return undefined;
}

/** How a scenario says the event. */
function inScenario(name: EventName): Lines {
  const isOfMachine = machineEvents.includes(name);
  const fields = isOfMachine ? eventFields(name) : stepFields(name);
  if (fields === undefined) return ['  scenario   none: it says what drives a kernel'];
  const words = Object.keys(fields).filter((key) => !(isOfMachine && ['task', 'cpu'].includes(key)
    && name !== 'srat_cpu'));
  return [`  scenario   ${isOfMachine ? `machine: ${name}: [{${words.join(', ')}}]`
    : `{action: ${[name, ...words].join(', ')}}`}`];
}

async function showOther(name: string): Promise<Lines | undefined> {
  const invariant = (await loadInvariants()).find(({ id }) => id === name);
  if (invariant !== undefined) {
    return [`invariant ${name}: ${invariant.doc}`,
      `  broken     ${invariant.broken ?? name}`,
      `  told of    ${(invariant.functions ?? []).map((fn) => `${fn}()`).join(', ') ||
        'the state'}`];
  }
  const policy = (await loadPolicies()).find(({ id }) => id === name);
  return policy === undefined ? undefined : policyLines(policy);
}

/** Rows of this name, which many functions have too. */
function eventLines(name: string): Lines {
  const event = Object.entries(eventTypes).find(([id]) => id === name)?.[1];
  return event === undefined ? []
    : [`event ${name} (${event.role}): ${event.doc}`, ...inScenario(name as EventName)];
}

async function allNames(): Promise<Lines> {
  return [
    ...Object.keys(functionTags()), ...Object.keys(newestConfig), ...Object.keys(eventTypes),
    ...(await loadInvariants()).map(({ id }) => id), ...(await loadPolicies()).map(({ id }) => id),
  ];
}

interface Arguments {
  readonly name: string;
  readonly policy: readonly string[];
  readonly base?: string | undefined;
}

export default defineCommand<Arguments>({
  usage: 'show <name>',
  doc: 'Show a function, switch, invariant, policy or event of the model',
  options: (yargs) => yargs
    .positional('name', { type: 'string', demandOption: true,
      describe: 'What `mmreplay list` names, as online_pages or Z1; a policy file' })
    .option('policy', { alias: 'p', type: 'string', array: true, nargs: 1, default: [],
      describe: 'A policy file: what it adds has names too' })
    .option('base', { type: 'string', requiresArg: true,
      describe: 'The version whose body and values are shown [default: the newest]' })
    .example('$0 show build_zonerefs_node', 'its body, callers, callees, versions, policies'),
  run: async ({ name, policy, base = versions[0]?.id ?? '' }) => {
    const files = isPolicyPath(name) ? [name, ...policy] : policy;
    const plain = name.replace(/\(\)$/, '');
    const model = modelName(plain, (one) => Object.hasOwn(functionTags(), one)) ?? plain;
    const row = eventLines(plain);
    const kernel = await showFunction(model, base);
    const lines = await showOwn(plain, files)
      ?? (kernel === undefined ? undefined : [...row, ...kernel])
      ?? await showSwitch(plain, base) ?? await showOther(plain)
      ?? (row.length === 0 ? undefined : row);
    if (lines === undefined) {
      const own = (await Promise.all(files.map(parseSeries))).flatMap(({ patches }) =>
        patches.flatMap(({ adds }) => additionNames(adds).map((one) => one.name)));
      const callers = callersInModel(plain).map((one) => `${one}()`).join(', ');
      if (callers !== '') {
        throw new UsageError(`the model has no ${plain}(): what it has of it is in ${callers}`);
      }
      throw new UsageError(`there is no function, switch, invariant, policy or event ${name}`
        + didYouMean(plain, new Set([...await allNames(), ...own])));
    }
    await deliver(lines.map((line) => `${line}\n`).join(''), undefined);
    return 0;
  },
});
