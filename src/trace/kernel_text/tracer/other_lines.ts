/** Lines of a tracer's text that are no events, and of which nobody can make one. */

/** The head of a stack, and its frames, as tracefs, trace-cmd and perf print them. */
const stack = new RegExp([
  '<(?:user )?stack trace ?>', String.raw`\b(?:kernel|user)_stack:`, String.raw`^\s*[=-]>\s`,
  String.raw`^\s+[0-9a-f]{3,16} .*\)$`, String.raw`^\s+[0-9a-f]{4,16} \S+$`,
  String.raw`^\s+(?:[0-9a-f]{4,16}|\[unknown\])$`,
].join('|'));

/**
 * Behind an event or a frame: what perf prints of a frame without its address (option -F), a symbol
 * of whatever language or a place in a source. No CPU, time or name of an event stands in it.
 */
const bareFrame = /^\s+(?!.*(?:\[\d+\]|\d\.\d+:|\w:(?:\s|$)))[A-Za-z_.~$<(/@*].*$/;

/** Can the line be a frame, where one can stand? */
export function isBareFrame(text: string): boolean {
  return bareFrame.test(text);
}

/** ` bash-12 [001] ..... 12.345678: offline_pages <-memory_block_action`. */
const functionTracer = /:\s+[\w.]+(?:\+0x\w+)?(?:\(.*\))? <-[\w.]+/;
/** ` 1)   0.500 us    |  offline_pages() {`, its closing brace, and its comments. */
const functionGraph = new RegExp(String.raw`^\s*(?:\d+\.\d+\s*\|\s*)?\d+\)\s.*\|(?:\s|$)|`
  + String.raw`^\s*-{10,}$|^\s*\d+\)\s+\S+\s+=>`);

/** So many answers are shown. */
const SHOWN = 4;

export type OtherKind = 'stack' | 'function-tracer' | 'function_graph';

/** What a line that is no event is; undefined: nobody knows. */
export function otherKind(text: string): OtherKind | undefined {
  if (functionTracer.test(text)) return 'function-tracer';
  if (functionGraph.test(text)) return 'function_graph';
  return stack.test(text) ? 'stack' : undefined;
}

/** Said once of lines of the tracers of functions; `answers` is what they tell nevertheless. */
export function functionTracerText(answers: readonly string[]): string {
  const shown = answers.slice(0, SHOWN).join(', ') + (answers.length > SHOWN ? ', ...' : '');
  return 'the function tracers tell no arguments, so that none of their calls can be replayed'
    + `${answers.length === 0 ? '' : `; it has ${shown}`}; record the events kmem:* and `
    + 'page_isolation:*, and kprobes with arguments (`mmreplay recorder` prints a script that '
    + 'does), or set the options func-args, or funcgraph-args and funcgraph-retval, of v6.15';
}

/** Said once of calls that were traced without their arguments. */
export function rangelessText(calls: number): string {
  const [tell, them] = calls === 1 ? ['a call tells', 'it'] : [`${calls} calls tell`, 'them'];
  return `${tell} no range, so that nobody can make ${them} again; expected a probe with its `
    + 'arguments, as in `p:offline_pages offline_pages start_pfn=$arg1:x64 nr_pages=$arg2:x64`';
}
