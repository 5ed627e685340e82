/** What recordings stand on: formats of tracepoints, arguments of probed functions. */
import { kernelNames, modelName } from '../base/kernel_names.js';
import { functionTags } from '../linux/function_tag.js';
import { recordedProbes, recordedTracepoints } from '../record/probe_list.js';
import { tracepointsOf } from './c_functions.js';
import type { Lookup } from './lookup.js';

export interface InterfaceDrift {
  /** `kmem/mm_page_free`: tracepoints of the headers that the recorder uses. */
  readonly tracepoints: readonly {
    readonly name: string;
    readonly change: 'changed' | 'came' | 'went';
    /** The recorder switches it on. */
    readonly recorded: boolean;
  }[];
  /** Probed functions whose arguments are others, or that are gone. */
  readonly probes: readonly {
    readonly name: string;
    readonly change: 'changed' | 'went';
    /** `nid=$arg1:s32`: what the probe reads. */
    readonly args: readonly string[];
  }[];
}

/** The header of a group of tracepoints. */
const tracepointHeader = (group: string): string => `include/trace/events/${group}.h`;

function tracepointDrift(old: Lookup, now: Lookup): InterfaceDrift['tracepoints'] {
  const recorded = recordedTracepoints();
  const groups = [...new Set(recorded.map((one) => one.split('/')[0] ?? ''))];
  return groups.flatMap((group) => {
    const [before, after] = [old, now].map((lookup) =>
      tracepointsOf(lookup.tree.read(tracepointHeader(group)) ?? ''));
    const names = [...new Set([...before?.keys() ?? [], ...after?.keys() ?? []])].sort();
    return names.filter((name) => before?.get(name) !== after?.get(name)).map((name) => ({
      name: `${group}/${name}`, recorded: recorded.includes(`${group}/${name}`),
      change: before?.has(name) !== true ? 'came' as const
        : after?.has(name) !== true ? 'went' as const : 'changed' as const,
    }));
  });
}

/** Prototypes without the function's name: `void(struct page*page)`. */
function prototypeOf(lookup: Lookup, names: readonly string[]): string | undefined {
  const tags = functionTags();
  for (const name of names) {
    const model = modelName(name, (one) => Object.hasOwn(tags, one)) ?? name;
    const found = lookup.find(model, tags[model]?.kernelFile ?? 'mm/memory_hotplug.c');
    if (found === undefined || ![...names, ...kernelNames(model)].includes(found.fn.name)) continue;
    return found.fn.prototype.replaceAll(new RegExp(`\\b${found.fn.name}\\b`, 'g'), '');
  }
  return undefined;
}

function probeDrift(old: Lookup, now: Lookup): InterfaceDrift['probes'] {
  return recordedProbes().flatMap(({ names, args }) => {
    const [before, after] = [prototypeOf(old, names), prototypeOf(now, names)];
    if (before === undefined || before === after) return [];
    return [{ name: names.join('/'), args,
      change: after === undefined ? 'went' as const : 'changed' as const }];
  });
}

export function interfaceDrift(old: Lookup, now: Lookup): InterfaceDrift {
  return { tracepoints: tracepointDrift(old, now), probes: probeDrift(old, now) };
}
