/**
 * Copies of shipped recordings without some of their events, as a full or an overwritten ring
 * buffer would have left them. What is missing is noted as the recorder or the tracer notes it.
 */
import {
  copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { packageRoot } from '../src/base/package_root.js';

/** An event of the recording that is cut. */
export interface Event {
  readonly cpu: number;
  /** How many events of its CPU come before it, 0 to 1. */
  readonly share: number;
  readonly time: number;
  readonly text: string;
}

export interface Cut {
  /** Which events the recording has. */
  readonly keeps: (event: Event) => boolean;
  /** recorder: info.json says it, CPUs that were full; tracer: a line in the trace. */
  readonly saidBy: 'recorder' | 'tracer';
  /** What of its events a CPU lost, as the recorder says it; the last ones unless this is given. */
  readonly which?: 'some';
  /** The recorder noted when each step began. */
  readonly began?: boolean;
}

const made: string[] = [];

/** Removes all copies. */
export function removeCuts(): void {
  for (const path of made.splice(0)) rmSync(path, { recursive: true });
}

const eventLine = /^\s*.+?-\d+\s+\[(\d+)\]\s+\S+\s+(\d+\.\d+):\s+(.*)$/;

function traceText(folder: string): string {
  const plain = join(folder, 'trace.txt');
  return existsSync(plain) ? readFileSync(plain, 'utf8')
    : gunzipSync(readFileSync(`${plain}.gz`)).toString();
}

/** An event for each line that is one. */
function eventsOf(lines: readonly string[]): readonly (Event | undefined)[] {
  const counts = new Map<number, number>();
  const events = lines.map((line) => {
    const [, cpuText, time, text] = eventLine.exec(line) ?? [];
    if (cpuText === undefined) return undefined;
    const cpu = Number(cpuText);
    const before = counts.get(cpu) ?? 0;
    counts.set(cpu, before + 1);
    return { cpu, before, time: Number(time), text: text ?? '' };
  });
  return events.map((event) => (event === undefined ? undefined
    : { ...event, share: event.before / (counts.get(event.cpu) ?? 1) }));
}

/** Lines that are kept, with the tracer's word where some are missing; and how many are. */
function cutLines(lines: readonly string[], cut: Cut): [string[], Map<number, number>] {
  const events = eventsOf(lines);
  const gaps = new Map<number, number>();
  const missing = new Map<number, number>();
  const kept = lines.flatMap((line, index) => {
    const event = events[index];
    if (event === undefined) return [line];
    const { cpu } = event;
    if (!cut.keeps(event)) {
      gaps.set(cpu, (gaps.get(cpu) ?? 0) + 1);
      missing.set(cpu, (missing.get(cpu) ?? 0) + 1);
      return [];
    }
    const gap = gaps.get(cpu) ?? 0;
    gaps.delete(cpu);
    return gap > 0 && cut.saidBy === 'tracer' ? [`CPU:${cpu} [LOST ${gap} EVENTS]`, line] : [line];
  });
  return [kept, missing];
}

interface Info {
  readonly steps: readonly { readonly step: number }[];
  readonly recorder?: object;
}

/** The folder of a copy of a shipped recording. */
export function cutRecording(name: string, cut: Cut): string {
  const source = join(packageRoot(), 'traces/recordings', name);
  const path = mkdtempSync(join(tmpdir(), 'mmreplay-cut-'));
  made.push(path);
  for (const file of readdirSync(source)) {
    if (!file.startsWith('trace.txt')) copyFileSync(join(source, file), join(path, file));
  }
  const lines = traceText(source).split('\n');
  const [kept, missing] = cutLines(lines, cut);
  writeFileSync(join(path, 'trace.txt'), kept.join('\n'));
  const info = JSON.parse(readFileSync(join(source, 'info.json'), 'utf8')) as Info;
  const lost = [...missing].map(([cpu, events]) => ({
    cpu, events, ...(cut.which === undefined ? {} : { which: cut.which }),
  }));
  writeFileSync(join(path, 'info.json'), JSON.stringify({
    ...info, steps: cut.began === false ? info.steps : begun(info, lines),
    ...(cut.saidBy === 'recorder' ? { recorder: { ...info.recorder, lost } } : {}),
  }));
  return path;
}

/** The steps with their times; the recorder asks for it just before it puts the mark. */
function begun(info: Info, lines: readonly string[]): Info['steps'] {
  const events = eventsOf(lines).filter((event) => event !== undefined);
  return info.steps.map((step) => {
    const mark = events.find(({ text }) =>
      text.startsWith(`tracing_mark_write: step ${step.step}:`));
    return mark === undefined ? step
      : { ...step, began: Number((mark.time - 0.00001).toFixed(6)) };
  });
}
