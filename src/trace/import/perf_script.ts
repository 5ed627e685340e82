import type { Importer } from '../importer.js';
import { readPlainText, shareOfEvents } from '../kernel_text/recording/plain_text.js';
import { perfLine } from '../kernel_text/tracer/trace_line.js';

export default {
  id: 'perf_script',
  doc: 'Text of `perf script`, plain or .gz.',
  made_by: "perf record -e 'kmem:*' -e 'mhp:*' -a; perf script --header",
  sniff: ({ head }) => 0.7 * shareOfEvents(head, perfLine),
  read: (source, context) => readPlainText(source, context, perfLine),
} satisfies Importer;
