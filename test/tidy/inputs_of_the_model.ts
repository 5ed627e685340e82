/**
 * What the model only reads and whoever runs it writes: state that is there because a recording is
 * replayed would be that, whatever its name.
 */
import type { SourceFile } from './source_files.js';

/** What a machine is given while it runs, and who looks on. */
const inputs: ReadonlySet<string> = new Set([
  // The clock, signals from user space, memory that user space does not give back.
  'now_ns', 'signalled', 'nothing_to_reclaim',
  // Called, not read.
  'drained', 'touched',
]);

/** Where the state stands; the machine is given before it boots. */
const state = /^src\/linux\/(?:base\/(?!machine\b)|include\/|mm\/pages\/|drivers\/.*\/device\b)/;
const outside = /^src\/(?:replay|explore|verify|observe)\//;
const field = /^ {2}(?:readonly )?#?(\w+)\??(?::| =)/;
/** The first value of a class's field is no write. */
const firstValue = /^ {2}(?:readonly )?\w+(?:: [^=;]*)? = .*$/gm;
const writes = String.raw`\s*(?:\[[^\]]*\])?\s*(?:(?:[-+|]|\?\?)?=(?![=>])|` +
  String.raw`\.(?:push|set|add|delete|splice|clear|shift|unshift|pop)\()`;

export function onlyRead(files: readonly SourceFile[]): readonly string[] {
  const model = files.filter(({ path }) => path.startsWith('src/linux/'));
  const modelText = model.map(({ text }) => text.replaceAll(firstValue, '')).join('\n');
  const others = files.filter(({ path }) => outside.test(path)).map(({ text }) => text).join('\n');
  const stateFiles = model.filter(({ path }) => state.test(path));
  const found = stateFiles.flatMap(({ path, lines }) => lines.flatMap((line, index) => {
    const name = field.exec(line)?.[1];
    return name === undefined || inputs.has(name) ? [] : [{ name, place: `${path}:${index + 1}` }];
  }));
  return found
    .filter(({ name }) => new RegExp(String.raw`\.${name}${writes}`).test(others))
    .filter(({ name }) => !new RegExp(String.raw`\b${name}${writes}`).test(modelText))
    .filter(({ name }) => new RegExp(String.raw`[.,{] ?${name}\b(?!\??:)`).test(modelText))
    .map(({ name, place }) => `${place}: ${name} is read by the model and written by others only`);
}
