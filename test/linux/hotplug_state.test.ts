/**
 * Memory blocks, node states and zones after each step of recorded 6.1 kernels against those of the
 * model. fixtures/*.state hold what changed from one snapshot to the next; managed pages of node 0
 * are left out, what boot reserved is not known here.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Kernel } from '../../src/linux/base/kernel.js';
import type { NodeState } from '../../src/linux/include/mmzone.js';
import { Rig, recorded, recordings } from './recorded_rig.js';

const files: readonly (readonly [file: string, state: NodeState])[] = [
  ['possible', 'possible'], ['online', 'online'], ['has_cpu', 'cpu'], ['has_memory', 'memory'],
  ['has_normal_memory', 'normal_memory'],
];

/** Two nodes at most: `0`, `0-1` or nothing. */
function list(nids: ReadonlySet<number>): string {
  return [...nids].sort((a, b) => a - b).join('-') || '-';
}

function linesOf(k: Kernel): string[] {
  const lines: string[] = [];
  for (const block of [...k.state.memory_blocks.values()].sort((a, b) => a.id - b.id)) {
    const zones = k.valid_zones_show(block).replaceAll(' ', ',');
    lines.push(`block ${block.id} ${k.state_show(block)} ${zones} ${list(block.links)}`);
  }
  for (const [file, state] of files) lines.push(`${file} ${list(k.state.node_states[state])}`);
  for (const pgdat of k.state.nodes) {
    if (!k.state.node_states.online.has(pgdat.nid)) continue;
    for (const zone of pgdat.node_zones) {
      const managed = zone.nid === 0 ? '*' : zone.managed_pages;
      const start = zone.present_pages === 0 ? '-' : zone.zone_start_pfn;
      lines.push(`zone ${zone.nid} ${zone.name} spanned=${zone.spanned_pages} ` +
        `present=${zone.present_pages} managed=${managed} start_pfn=${start}`);
    }
  }
  return lines;
}

function changes(before: readonly string[], after: readonly string[]): string[] {
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => `-${line}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `+${line}`),
  ];
}

/** Changes of each snapshot of the fixture. */
function snapshots(name: string): string[][] {
  const found: string[][] = [];
  const text = readFileSync(new URL(`fixtures/${name}.state`, import.meta.url), 'utf8');
  for (const line of text.trimEnd().split('\n')) {
    if (line.startsWith('snapshot ')) found.push([]);
    else found.at(-1)?.push(line.trim());
  }
  return found;
}

describe('state of a recorded 6.1 kernel after each step', () => {
  it.each(recordings)('$what', ({ name, machine, series, before }) => {
    const rig = new Rig(series, machine);
    const [boot, ...rest] = snapshots(name);
    let lines = linesOf(rig.k);
    expect(changes([], lines)).toEqual(boot);
    for (const [index, step] of recorded(name).entries()) {
      before?.(rig.k, index + 1);
      rig.run(step);
      const now = linesOf(rig.k);
      expect([step.text, ...changes(lines, now)]).toEqual([step.text, ...(rest[index] ?? [])]);
      lines = now;
    }
  });
});
