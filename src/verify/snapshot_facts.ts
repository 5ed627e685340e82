/** Rows of a snapshot, held against the state of the model at the same step. */
import { parseWords } from '../base/words.js';
import { at } from '../base/assert.js';
import type { Kernel, MemoryBlock, Zone } from '../patch/define.js';
import { withoutBoost } from '../trace/boost.js';
import { zoneNames, type TraceRow } from '../trace/trace.js';
import { ABSENT, type FactSheet } from './facts.js';
import { blockWords, nodeStateWords, zoneWords } from './state_facts.js';

/** Holds the snapshots of one recording; remembers what a changed-only snapshot leaves out. */
export class SnapshotFacts {
  readonly #facts: FactSheet;
  readonly #cpus: number;
  /** Block id to its last recorded row. */
  readonly #blocks = new Map<number, TraceRow>();
  /** Zone to the highest high_max its per-cpu lists had in a snapshot, pages. */
  readonly #highMax = new Map<string, number>();
  #zones = new Set<string>();
  #step = 0;
  #open = false;

  constructor(facts: FactSheet, cpus: number) {
    this.#facts = facts;
    this.#cpus = cpus;
  }

  /** A snapshot begins. */
  begin(step: number): void {
    this.#step = step;
    this.#open = true;
    this.#zones = new Set();
  }

  /** A row of the snapshot: zoneinfo, memory_block or node_states. */
  row(row: TraceRow, k: Kernel): void {
    if (row.event === 'zoneinfo') this.#zone(row, k);
    else if (row.event === 'memory_block') this.#blocks.set(blockId(row), row);
    else this.#words('node states', parseWords(row.args ?? ''), nodeStateWords(k));
  }

  /** The snapshot is over: blocks, and what the model has and the recording has not. */
  end(k: Kernel): void {
    if (!this.#open) return;
    this.#open = false;
    this.#holdBlocks(k);
    if (this.#zones.size > 0) this.#extraNodes(k);
  }

  #words(name: string, recorded: Map<string, string>, modelled: Map<string, string>): void {
    for (const [key, value] of recorded) {
      const other = modelled.get(key);
      if (other === undefined && key !== 'start_pfn' && !key.startsWith('pcp_')) {
        this.#facts.leave(`${name.replace(/\d+/g, 'N')} ${key}`);
      } else this.#facts.hold(this.#step, `${name} ${key}`, value, other ?? ABSENT);
    }
  }

  #zone(row: TraceRow, k: Kernel): void {
    const nid = row.nid ?? 0;
    const name = `zone ${nid}/${row.zone}`;
    this.#zones.add(`${nid}`);
    const recorded = parseWords(row.args ?? '');
    const index = zoneNames.indexOf(row.zone ?? 'DMA');
    const zone: Zone | undefined = k.state.nodes[nid]?.node_zones[index];
    if (zone === undefined || !k.state.node_states.online.has(nid)) {
      this.#facts.hold(this.#step, name, row.args ?? '', ABSENT);
      return;
    }
    const modelled = zoneWords(k, zone, this.#cpus);
    if (recorded.has('start_pfn')) {
      recorded.set('start_pfn', `${Number(recorded.get('start_pfn'))}`);
    }
    withoutBoost(recorded);
    if (k.config.pcp_high === 'min_max') this.#tunedHigh(name, zone, recorded);
    if (this.#step === 0 && recorded.get('managed') !== '0') recorded.delete('managed');
    this.#words(name, recorded, modelled);
  }

  /**
   * From v6.7 a list's high tunes itself between two limits, from 0: the load decides where. The
   * fact that is left is that it never was above the highest limit so far.
   */
  #tunedHigh(name: string, zone: Zone, recorded: Map<string, string>): void {
    const most = Math.max(zone.pcp.high_max, this.#highMax.get(name) ?? 0);
    this.#highMax.set(name, most);
    const highs = recorded.get('pcp_high');
    if (highs === undefined) return;
    recorded.delete('pcp_high');
    const within = highs.split('/').every((high) => Number(high) <= most);
    this.#facts.hold(this.#step, `${name} pcp_high`, within ? `0..${most}` : highs, `0..${most}`);
  }

  #extraNodes(k: Kernel): void {
    for (const nid of k.state.node_states.online) {
      if (this.#zones.has(`${nid}`)) continue;
      this.#facts.hold(this.#step, `node ${nid} in /proc/zoneinfo`, ABSENT, 'online');
    }
  }

  #holdBlocks(k: Kernel): void {
    if (this.#blocks.size === 0) return;
    for (const [id, row] of this.#blocks) {
      const recorded = parseWords(row.args ?? '');
      const name = `memory block ${id}`;
      const block: MemoryBlock | undefined = k.state.memory_blocks.get(id);
      if (recorded.get('state') === ABSENT) {
        this.#facts.hold(this.#step, name, ABSENT, block === undefined ? ABSENT : block.state);
        this.#blocks.delete(id);
      } else if (block === undefined) this.#facts.hold(this.#step, name, row.args ?? '', ABSENT);
      else this.#words(name, recorded, blockWords(k, block));
    }
    for (const [id, block] of k.state.memory_blocks) {
      if (this.#blocks.has(id)) continue;
      this.#facts.hold(this.#step, `memory block ${id}`, ABSENT, block.state);
    }
  }
}

/** Id of the block of a row, from its first pfn and its size in pages. */
function blockId(row: TraceRow): number {
  return Math.floor((row.pfn ?? 0) / (row.nr_pages ?? 1));
}

/** A struct page of the model, held against a `page` row. */
export function holdPage(facts: FactSheet, step: number, row: TraceRow, k: Kernel): void {
  const pfn = row.pfn ?? 0;
  const name = `page 0x${pfn.toString(16)}`;
  const recorded = parseWords(row.args ?? '');
  const valid = k.pfn_valid(pfn);
  facts.hold(step, `${name} valid`, recorded.get('valid') ?? '1', valid ? '1' : '0');
  const content = valid ? k.state.memmap.get(pfn) : undefined;
  if (recorded.get('valid') === '0' || content === undefined) return;
  if (content.kind !== 'init') {
    facts.hold(step, `${name} links`, `${row.nid}/${row.zone}`, content.kind);
    return;
  }
  facts.hold(step, `${name} node`, `${row.nid}`, `${content.nid}`);
  const zoneName = zoneNames[content.zone as 0] ?? `${content.zone}`;
  facts.hold(step, `${name} zone`, `${row.zone}`, zoneName);
  const zone = at(k.state.nodes, content.nid).node_zones[content.zone];
  const spans = zone !== undefined && k.zone_spans_pfn(zone, pfn);
  facts.hold(step, `${name} spans`, recorded.get('spans') ?? '', spans ? '1' : '0');
  const online = k.pfn_to_online_page(pfn) ? '1' : '0';
  facts.hold(step, `${name} online`, recorded.get('online') ?? '', online);
  if (content.hole) {
    const reserved = content.reserved ? '1' : '0';
    facts.hold(step, `${name} reserved`, recorded.get('reserved') ?? '', reserved);
    facts.hold(step, `${name} buddy`, recorded.get('buddy') ?? '', '0');
  } else facts.leave('flags and count of a page with memory behind it', 3);
  facts.leave('migratetype of a pageblock at boot');
}
