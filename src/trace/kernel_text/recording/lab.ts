/**
 * Commands of the recorder's debugfs interface and the lines they print, as rows. `during` rows
 * come where the step begins, `after` rows when its events are over.
 */
import { zoneNames, type TraceRow } from '../../trace.js';
import { isZoneName } from '../snapshot/zoneinfo.js';
import { kernelNumber } from '../numbers.js';

type Row = Omit<TraceRow, 'time_ns'>;

export interface LabRows {
  readonly during: readonly Row[];
  readonly after: readonly Row[];
}

const gfp = [
  'GFP_KERNEL', 'GFP_HIGHUSER_MOVABLE', 'GFP_HIGHUSER_MOVABLE+__GFP_THISNODE',
  'GFP_KERNEL+__GFP_THISNODE',
];

function number(word: string | undefined): number {
  return kernelNumber(word ?? '') ?? NaN;
}

/** `ret 0`; nothing when it is 0. */
function callback(
  output: string, event: 'set_online_page_callback' | 'restore_online_page_callback',
): Row {
  const ret = number(/ret (-?\d+)/.exec(output)?.[1]);
  return ret === 0 || ret !== ret ? { event } : { event, ret };
}

function release([pfn, count]: readonly string[], output: string): LabRows {
  const row = {
    event: 'free_reserved_page', pfn: number(pfn), nr_pages: number(count),
  } as const;
  const released = /released (\d+)/.exec(output)?.[1];
  const args = released === undefined ? {} : { args: `released=${released}` };
  return { during: [{ ...row, phase: 'B' }], after: [{ ...row, phase: 'E', ...args }] };
}

/** `node 1 zone 2: 100` lines as `1/Normal=100`. */
function served(output: string, lacksDma: boolean): string {
  const names = lacksDma ? zoneNames.slice(zoneNames.indexOf('DMA') + 1) : zoneNames;
  return [...output.matchAll(/node (\d+) zone (\d+): (\d+)/g)]
    .map(([, nid, zone, count]) => `${nid}/${names[Number(zone)] ?? zone}=${count}`).join(',');
}

function alloc(
  [nid, kind, order, count]: readonly string[], output: string, lacksDma: boolean,
): LabRows {
  const flags = gfp[number(kind)] ?? `kind${kind}`;
  const row = {
    event: 'alloc_pages', nid: number(nid), nr_pages: number(count), order: number(order),
  } as const;
  const ok = /alloc ok (\d+) of/.exec(output)?.[1];
  const first = /first pfn (0x[0-9a-f]+)/.exec(output)?.[1];
  const from = served(output, lacksDma);
  return {
    during: [{ ...row, phase: 'B', args: `gfp=${flags}` }],
    after: [{
      ...row, phase: 'E', ...(ok === undefined ? {} : { ret: Number(ok) }),
      ...(first === undefined ? {} : { pfn: number(first) }),
      args: `gfp=${flags}${from === '' ? '' : ` served=${from}`}`,
    }],
  };
}

function zonelist([nid, kind]: readonly string[], output: string): Row {
  const zones = output.trim().split(/\s+/).filter((zone) => /^\d+:\w+$/.test(zone));
  const name = kind === '1' ? 'nofallback' : 'fallback';
  const list = zones.length === 0 ? '-' : zones.join('/');
  return { event: 'zonelist', nid: number(nid), args: `kind=${name} zones=${list}` };
}

/** `0x9e nid 0 zone DMA reserved 1 buddy 0 ref 1 spans 1 online 1 mt 0`, or `0x9e invalid`. */
function pageRows(output: string): Row[] {
  return output.split('\n').filter((line) => line.startsWith('0x')).map((line) => {
    const [pfn, ...words] = line.trim().split(/\s+/);
    if (words[0] === 'invalid') return { event: 'page', pfn: number(pfn), args: 'valid=0' };
    const value = (key: string): string | undefined => words[words.indexOf(key) + 1];
    const zone = value('zone');
    const keys = ['reserved', 'buddy', 'ref', 'spans', 'online']
      .filter((key) => words.includes(key));
    return {
      event: 'page', pfn: number(pfn), nid: number(value('nid')),
      ...(isZoneName(zone) ? { zone } : {}),
      ...(words.includes('mt') ? { migratetype: number(value('mt')) } : {}),
      args: `valid=1 ${keys.map((key) => `${key}=${value(key)}`).join(' ')}`.trim(),
    } as const;
  });
}

/** `1:Movable cpu0 count 6 high 74 batch 7` lines. */
function pcpRows(output: string): Row[] {
  const line = /^(\d+):(\w+) cpu(\d+) (.*)$/gm;
  const rows: Row[] = [];
  for (const [, nid, zone, cpu, rest] of output.matchAll(line)) {
    if (!isZoneName(zone)) continue;
    const args = (rest ?? '').trim().replace(/(\w+) (-?\d+)/g, '$1=$2');
    rows.push({ event: 'pcp', cpu: Number(cpu), nid: Number(nid), zone, args });
  }
  return rows;
}

function holdFree(output: string): Row {
  const [, holding, pfn] = /holding (\d+)(?: pfn (0x[0-9a-f]+))?/.exec(output) ?? [];
  return {
    event: 'hold', ...(pfn === undefined ? {} : { pfn: number(pfn) }),
    ...(holding === undefined ? {} : { args: `holding=${holding}` }),
  };
}

const now = (...during: readonly Row[]): LabRows => ({ during, after: [] });

/** Rows of one command; undefined for a command that is not known. */
export function labRows(
  command: string, output: string, lacksDma = false,
): LabRows | undefined {
  const [name, ...words] = command.trim().split(/\s+/);
  switch (name) {
    case 'withhold': return now(callback(output,
      words[0] === '0' ? 'restore_online_page_callback' : 'set_online_page_callback'));
    case 'release': return release(words, output);
    case 'zonelist': return now(zonelist(words, output));
    case 'alloc': return alloc(words, output, lacksDma);
    case 'freeall': return now({ event: 'free_pages' });
    case 'page': return now(...pageRows(output));
    case 'pcp': return now(...pcpRows(output));
    case 'holdfree': return now(holdFree(output));
    case 'unhold': return now({ event: 'unhold' });
    default: return undefined;
  }
}
