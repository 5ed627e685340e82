/** Lines of a tracer's text that are no events, and of which nobody can make one. */

/** The head of a stack, and its frames, as tracefs, trace-cmd and perf print them. */
const stack = new RegExp([
  '<(?:user )?stack trace ?>', String.raw`\b(?:kernel|user)_stack:`, String.raw`^\s*[=-]>\s`,
  String.raw`^\s+[0-9a-f]{4,16} .*\)$`, String.raw`^\s+[0-9a-f]{4,16} \S+$`,
].join('|'));

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
