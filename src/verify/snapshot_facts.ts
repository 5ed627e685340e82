/** Rows of a snapshot, held against the state of the model at the same step. */
import { at } from '../base/assert.js';
import type { FactValue, RecordedFact, Subject } from '../observe/facts/fact.js';
import { ABSENT } from '../observe/observation.js';
import type { Kernel, Zone } from '../patch/define.js';
import { zoneNames } from '../trace/trace.js';
import type { Dependence } from './dependence.js';
import type { FactSheet } from './facts.js';
import {
  blockFields, nodeStateFields, otherFields, zoneFields, type Fields,
} from './state_facts.js';

type ListSubject = Extract<Subject, { kind: 'pcp' }>;
type ZoneSubject = Extract<Subject, { kind: 'zone' }>;

/** What the model need not have for a recorded field to be a fact. */
const alwaysHeld = (field: string): boolean => field === 'start_pfn' || field.startsWith('pcp_');

/** A recorded state row as it was recorded, for a thing that the model does not have. */
const wholeText = (facts: readonly RecordedFact[]): string =>
  facts.map(({ field, value }) => `${field}=${value}`).join(' ');

/** Holds the snapshots of one recording; remembers what a changed-only snapshot leaves out. */
export class SnapshotFacts {
  readonly #facts: FactSheet;
  readonly #dependence: Dependence;
  readonly #cpus: number;
  readonly #blockPages: number;
  /** Block id to its last recorded row. */
  readonly #blocks = new Map<number, { row: number; facts: readonly RecordedFact[] }>();
  readonly #nodes = new Set<number>();
  #step = 0;
  #row = -1;
  #open = false;

  /** `blockPages`: pages of a memory block. */
  constructor(facts: FactSheet, dependence: Dependence, cpus: number, blockPages: number) {
    this.#facts = facts;
    this.#dependence = dependence;
    this.#cpus = cpus;
    this.#blockPages = blockPages;
  }

  /** A snapshot begins at this row. */
  begin(step: number, row: number): void {
    this.#step = step;
    this.#row = row;
    this.#open = true;
    this.#nodes.clear();
  }

  /** A row of the snapshot: zoneinfo, memory_block or node_states. */
  row(row: number, facts: readonly RecordedFact[], k: Kernel): void {
    const [first] = facts;
    if (first === undefined) return;
    const { subject } = first;
    if (subject.kind === 'zone') this.#zone(row, subject, facts, k);
    else if (subject.kind === 'memory_block') this.#blocks.set(subject.id, { row, facts });
    else this.#fields(row, facts, nodeStateFields(k));
  }

  /** The snapshot is over: blocks, and what the model has and the recording has not. */
  end(k: Kernel): void {
    if (!this.#open) return;
    this.#open = false;
    this.#holdBlocks(k);
    if (this.#nodes.size > 0) this.#extraNodes(k);
    this.#dependence.established();
  }

  /** A row of another kind that tells of the state now. */
  other(row: number, step: number, facts: readonly RecordedFact[], k: Kernel): void {
    for (const { subject, field, value } of facts) {
      if (subject.kind === 'pcp' && field === 'high' && k.config.pcp_high === 'min_max') {
        this.#listHigh(row, step, subject, value, k);
        continue;
      }
      const modelled = otherFields(k, subject)[field] ?? ABSENT;
      const causes = this.#dependence.ofState(subject, field, this.#blockPages);
      this.#facts.hold({ step, row, subject, field }, value, modelled, causes);
    }
  }

  /** As #tunedHigh() of one list; where the model has each page of it, how high it is. */
  #listHigh(
    row: number, step: number, subject: ListSubject, value: FactValue, k: Kernel,
  ): void {
    const zone = zoneNamed(k, subject);
    const zp = zone === undefined ? undefined : k.state.pages?.zonePages(zone);
    const { corrections } = this.#dependence;
    const held = { step, row, subject, field: 'high' };
    if (zp !== undefined && !zp.partial) {
      const causes = corrections?.onList(zp, subject.cpu) ?? 0;
      this.#facts.hold(held, value, zp.pcp[subject.cpu]?.high ?? ABSENT, causes);
      return;
    }
    const most = zone?.pcp_high_most ?? 0;
    this.#facts.hold(held, Number(value) <= most ? `0..${most}` : value, `0..${most}`, 0);
  }

  #hold(
    row: number, subject: Subject, field: string, recorded: FactValue, modelled: FactValue,
  ): void {
    const causes = this.#dependence.ofState(subject, field, this.#blockPages);
    this.#facts.hold({ step: this.#step, row, subject, field }, recorded, modelled, causes);
  }

  #fields(row: number, recorded: readonly RecordedFact[], modelled: Fields): void {
    for (const { subject, field, value } of recorded) {
      const other = modelled[field];
      if (other === undefined && !alwaysHeld(field)) {
        this.#facts.leave(`${unspokenName(subject)} ${field}`);
      } else this.#hold(row, subject, field, value, other ?? ABSENT);
    }
  }

  #zone(row: number, subject: ZoneSubject, facts: readonly RecordedFact[], k: Kernel): void {
    const { nid } = subject;
    this.#nodes.add(nid);
    const zone = zoneNamed(k, subject);
    if (zone === undefined || !k.state.node_states.online.has(nid)) {
      this.#hold(row, subject, '', wholeText(facts), ABSENT);
      return;
    }
    const tuned = k.config.pcp_high === 'min_max';
    if (tuned) this.#tunedHigh(row, subject, zone, facts);
    // At boot it is taken from here.
    const taken = this.#step === 0 && facts.some((one) =>
      one.field === 'managed' && one.value !== 0);
    const held = facts.filter(({ field }) =>
      !(tuned && field === 'pcp_high') && !(taken && field === 'managed'));
    this.#fields(row, held, zoneFields(k, zone, this.#cpus));
  }

  /**
   * From v6.7 a list's high tunes itself between two limits, from 0: the load decides where. The
   * fact that is left is that it never was above the highest limit so far.
   */
  #tunedHigh(
    row: number, subject: ZoneSubject, zone: Zone, facts: readonly RecordedFact[],
  ): void {
    const most = zone.pcp_high_most;
    const highs = facts.find(({ field }) => field === 'pcp_high')?.value;
    if (highs === undefined) return;
    const within = `${highs}`.split('/').every((high) => Number(high) <= most);
    this.#hold(row, subject, 'pcp_high', within ? `0..${most}` : highs, `0..${most}`);
  }

  #extraNodes(k: Kernel): void {
    for (const nid of k.state.node_states.online) {
      if (this.#nodes.has(nid)) continue;
      this.#hold(this.#row, { kind: 'node', nid }, '/proc/zoneinfo', ABSENT, 'online');
    }
  }

  #holdBlocks(k: Kernel): void {
    if (this.#blocks.size === 0) return;
    for (const [id, { row, facts }] of this.#blocks) {
      const subject: Subject = { kind: 'memory_block', id };
      const block = k.state.memory_blocks.get(id);
      if (facts.some(({ field, value }) => field === 'state' && value === ABSENT)) {
        this.#hold(row, subject, '', ABSENT, block === undefined ? ABSENT : block.state);
        this.#blocks.delete(id);
      } else if (block === undefined) this.#hold(row, subject, '', wholeText(facts), ABSENT);
      else this.#fields(row, facts, blockFields(k, block));
    }
    for (const [id, block] of k.state.memory_blocks) {
      if (this.#blocks.has(id)) continue;
      this.#hold(this.#row, { kind: 'memory_block', id }, '', ABSENT, block.state);
    }
  }

  /** A struct page of the model, held against a `page` row. */
  page(row: number, step: number, facts: readonly RecordedFact[], k: Kernel): void {
    const subject = facts[0]?.subject;
    if (subject?.kind !== 'page') return;
    const { pfn } = subject;
    const recorded = new Map(facts.map(({ field, value }) => [field, value]));
    const causesOf = (field: string) => this.#dependence.ofState(subject, field, this.#blockPages);
    const hold = (field: string, modelled: FactValue): void => {
      const value = recorded.get(field) ?? ABSENT;
      this.#facts.hold({ step, row, subject, field }, value, modelled, causesOf(field));
    };
    const valid = k.pfn_valid(pfn);
    hold('valid', valid ? 1 : 0);
    const content = valid ? k.state.memmap.get(pfn) : undefined;
    if (recorded.get('valid') === 0 || content === undefined) return;
    if (content.kind !== 'init') {
      const links = `${recorded.get('node')}/${recorded.get('zone')}`;
      this.#facts.hold(
        { step, row, subject, field: 'links' }, links, content.kind, causesOf('links'));
      return;
    }
    hold('node', content.nid);
    hold('zone', zoneNames[content.zone as 0] ?? `${content.zone}`);
    const zone = at(k.state.nodes, content.nid).node_zones[content.zone];
    hold('spans', zone !== undefined && k.zone_spans_pfn(zone, pfn) ? 1 : 0);
    hold('online', k.pfn_to_online_page(pfn) ? 1 : 0);
    if (content.hole) {
      hold('reserved', content.reserved ? 1 : 0);
      hold('buddy', 0);
    } else this.#facts.leave('flags and count of a page with memory behind it', 3);
    this.#facts.leave('migratetype of a pageblock at boot');
  }
}

function zoneNamed(k: Kernel, { nid, zone }: { nid: number; zone: string }): Zone | undefined {
  return k.state.nodes[nid]?.node_zones[zoneNames.findIndex((name) => name === zone)];
}

/** Of which kind of thing a field is that the model does not speak of. */
function unspokenName(subject: Subject): string {
  if (subject.kind === 'zone') return `zone N/${subject.zone}`;
  return subject.kind === 'memory_block' ? 'memory block N' : 'node states';
}
