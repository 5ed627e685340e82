/** A fact in words. */
import { hex } from '../../base/pfn.js';
import type { Fact, Subject, VerdictCounts } from './fact.js';

function subjectText(subject: Subject, field: string): string {
  switch (subject.kind) {
    case 'zone': return `zone ${subject.nid}/${subject.zone} ${field}`.trimEnd();
    case 'node': return `node ${subject.nid} in ${field}`;
    case 'node_states': return `node states ${field}`;
    case 'memory_block': return `memory block ${subject.id} ${field}`.trimEnd();
    case 'zonelist': return `zonelist of node ${subject.nid}`;
    case 'page': return `page ${hex(subject.pfn)} ${field}`;
    case 'pcp': return `pcp ${subject.nid}/${subject.zone} cpu ${subject.cpu} ${field}`;
    case 'huge_pages': {
      const of = subject.nid === undefined ? '' : ` of node ${subject.nid}`;
      return `huge pages${of} ${field}`;
    }
    case 'virtio_mem': return `pages ${field} of ${subject.device}`;
    case 'result': return field === 'served' ? 'served from' : `result of ${subject.event}`;
    case 'call': return 'call';
    case 'log': return 'log';
    case 'fault': return 'BUG or oops';
    case 'drain': return 'mm_page_pcpu_drain';
    case 'free_pages': {
      const what = field.startsWith('lists') ? 'pages on per-cpu lists' : 'free pages';
      const part = field.endsWith('unexplained') ? ', unexplained' : '';
      return `${what} of zone ${subject.nid}/${subject.zone}${part}`;
    }
  }
}

/** `zone 1/Normal managed`, `result of offline`, `call`: what the fact is about. */
export function factText({ subject, field }: Pick<Fact, 'subject' | 'field'>): string {
  return subjectText(subject, field);
}

/** `12 agree, 3 agree after a correction, 0 disagree, 0 unknown`. */
export function verdictText(counts: VerdictCounts): string {
  const { agrees, agrees_after_correction: corrected, disagrees, unknown } = counts;
  return `${agrees} agree, ${corrected} agree after a correction, ${disagrees} disagree, ` +
    `${unknown} unknown`;
}
