/**
 * What an expectation can speak of: subjects that probes see, each with the words of its value.
 * `N` is a number, `ZONE` a zone's name; either can be `*`. A test holds it to the probes.
 */
import { zoneNames } from './trace.js';

export interface Observed {
  /** `node N ZONE` */
  readonly subject: string;
  /** Words of its value; none: the value as a whole. */
  readonly words: readonly string[];
  readonly doc: string;
}

const costs = [
  'zonelist_rebuilds', 'zonerefs_written', 'stop_machine', 'block_lookups', 'block_list_visits',
  'node_tests', 'sections_tested_again', 'struct_pages_read', 'garbage_pages_read',
  'pages_initialised', 'pages_initialised_early', 'pages_reinitialised', 'drains',
  'drain_work_items', 'failed_tests',
  'pages_past_pcp', 'memmap_pages', 'memmap_pages_unused', 'ms_going_offline',
] as const;

export const observed: readonly Observed[] = [
  { subject: 'result', words: [], doc: 'what the input returned: 0, a negative errno, a count' },
  { subject: 'node N ZONE', words: [
    'spanned', 'present', 'managed', 'min', 'low', 'high', 'protection', 'start_pfn', 'pcp_high',
    'pcp_batch', 'free'], doc: 'a zone: pages, watermarks' },
  { subject: 'node N', words: ['start_pfn', 'spanned', 'present'], doc: 'a node: pages' },
  { subject: 'node states', words: [
    'possible', 'online', 'has_cpu', 'has_memory', 'has_normal_memory'], doc: 'lists of nodes' },
  { subject: 'nodes', words: ['devices', 'kswapd'], doc: 'lists of nodes' },
  { subject: 'memoryN', words: ['state', 'valid_zones', 'removable', 'nodes'],
    doc: 'a memory block as sysfs shows it' },
  { subject: 'pages of memoryN', words: [], doc: 'its struct pages: runs that are alike' },
  { subject: 'zonelist N fallback', words: [], doc: 'zones in their order' },
  { subject: 'zonelist N nofallback', words: [], doc: 'likewise' },
  { subject: 'contiguous zones', words: [], doc: 'zones that are marked so' },
  { subject: 'huge pages', words: ['total', 'free', 'surplus', 'reserved', 'asked'],
    doc: 'the pool; `asked` (/proc/sys/vm/nr_hugepages) where it is not total - surplus' },
  { subject: 'huge pages of node N', words: ['total', 'free', 'surplus'], doc: 'likewise' },
  { subject: 'min_free_kbytes', words: [], doc: 'as /proc/sys/vm has it' },
  { subject: 'faults', words: [], doc: 'BUGs, oopses and warnings so far' },
  { subject: 'oom', words: [], doc: 'tasks killed for want of memory so far' },
  ...costs.map((subject) => ({ subject, words: [], doc: 'how often, since the boot' })),
];

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
const parts: Readonly<Record<string, string>> =
  { N: '(\\d+|\\*)', ZONE: `(${zoneNames.join('|')}|\\*)` };

const patterns = observed.map((one) => {
  const pattern = escaped(one.subject)
    .replace(/\bN\b|(?<=memory)N\b/, parts['N'] ?? '').replace('ZONE', parts['ZONE'] ?? '');
  return { one, pattern: new RegExp(`^${pattern}$`) };
});

/** What a subject (numbers, names or stars filled in) is; undefined: nothing sees it. */
export function observedAs(subject: string): Observed | undefined {
  return patterns.find(({ pattern }) => pattern.test(subject))?.one;
}
