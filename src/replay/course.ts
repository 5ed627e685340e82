/** The memory of a run after each of its inputs, kept for whoever draws it. */
import type { Kernel } from '../linux/base/kernel.js';
import {
  countersOf, mapLayers, memoryMapOf, type MapLayer, type Span,
} from '../observe/memory_map.js';
import { BOOT, type InputResult, type ReplayObserver } from './observer.js';

/** The state from this row on. */
export interface RunFrame {
  readonly row: number;
  readonly layers: Readonly<Record<MapLayer, readonly Span[]>>;
  /** In the order of `plotted`. */
  readonly counters: readonly number[];
}

export class CourseRecorder implements ReplayObserver {
  readonly frames: RunFrame[] = [];
  /** The text of each layer of the last frame: what did not change is the same list. */
  readonly #texts = new Map<MapLayer, string>();

  #row = BOOT;

  booted(k: Kernel): void {
    this.#frame(BOOT, k);
  }

  beforeRow(row: number): void {
    this.#row = row;
  }

  /** At the row at which it ended, as probes see it. */
  result(_result: InputResult, k: Kernel): void {
    this.#frame(this.#row, k);
  }

  #frame(row: number, k: Kernel): void {
    const last = this.frames.at(-1);
    const map = memoryMapOf(k);
    const layers: Record<MapLayer, readonly Span[]> = { ...map };
    for (const layer of mapLayers) {
      const text = JSON.stringify(map[layer]);
      if (last !== undefined && this.#texts.get(layer) === text) layers[layer] = last.layers[layer];
      this.#texts.set(layer, text);
    }
    const frame = { row, layers, counters: countersOf(k) };
    if (last?.row === row) this.frames.pop();
    this.frames.push(frame);
  }
}
