import type { Importer } from '../importer.js';
import {
  readPlainText, shareOfEvents, shareOfFunctions,
} from '../kernel_text/recording/plain_text.js';
import { ftraceLine } from '../kernel_text/tracer/trace_line.js';

export default {
  id: 'ftrace',
  doc: 'Text of tracefs (`trace`, `trace_pipe`) or of `trace-cmd report`, plain or .gz.',
  made_by: 'cat /sys/kernel/tracing/trace',
  sniff: ({ head }) => (
    /^#* *tracer: \w+/.test(head) ? 0.95
      : Math.max(0.8 * shareOfEvents(head, ftraceLine), 0.5 * shareOfFunctions(head))),
  read: (source, context) => readPlainText(source, context, ftraceLine),
} satisfies Importer;
