/** Lines of a tracer's text that are no events, and of which nobody can make one. */

/** The head of a stack, and its frames, as tracefs, trace-cmd and perf print them. */
const stack = new RegExp([
  '<(?:user )?stack trace ?>', String.raw`\b(?:kernel|user)_stack:`, String.raw`^\s*[=-]>\s`,
  String.raw`^\s+[0-9a-f]{4,16} .*\)$`, String.raw`^\s+[0-9a-f]{4,16} \S+$`,
].join('|'));

/** ` bash-12 [001] ..... 12.345678: offline_pages <-memory_block_action`. */
const functionTracer = /:\s+[\w.]+ <-[\w.]+$/;
/** ` 1)   0.500 us    |  offline_pages() {`, its closing brace, and its comments. */
const functionGraph = new RegExp(String.raw`^\s*(?:\d+\.\d+\s*\|\s*)?\d+\)\s.*\|(?:\s|$)|`
  + String.raw`^\s*-{10,}$|^\s*\d+\)\s+\S+\s+=>`);

export type OtherKind = 'stack' | 'function-tracer' | 'function_graph';

/** What a line that is no event is; undefined: nobody knows. */
export function otherKind(text: string): OtherKind | undefined {
  if (functionTracer.test(text)) return 'function-tracer';
  if (functionGraph.test(text)) return 'function_graph';
  return stack.test(text) ? 'stack' : undefined;
}

/** Said once of lines of the tracers of functions. */
export const functionTracerText =
  'the function tracers tell no arguments, so that none of their calls can be replayed; record '
  + 'the events kmem:* and page_isolation:*, and kprobes with arguments (`mmreplay recorder` '
  + 'prints a script that does)';
