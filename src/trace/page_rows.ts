/** Rows of page-level events, written straight into the arrays of the columns' newest chunks. */
import type { TraceBuilder } from './build.js';
import { CHUNK_ROWS, roomAt } from './columns.js';

const MASK = CHUNK_ROWS - 1;

/** The columns that page-level events fill; `migratetype` is -1 when the event has none. */
export interface PageRow {
  time_ns: number;
  cpu: number;
  task: number;
  event: number;
  pfn: number;
  order: number;
  migratetype: number;
  args: number;
}

export class PageRows {
  /** The next row: to be filled before `append`. */
  readonly row: PageRow = {
    time_ns: NaN, cpu: 0, task: 0, event: 0, pfn: 0, order: 0, migratetype: 0, args: 0,
  };
  readonly #builder: TraceBuilder;
  /** The row behind the last one written here: when it is not the next, others wrote too. */
  #next = -1;
  /** Rows that the arrays have room for. */
  #room = 0;
  /** Have all columns arrays of the usual width? */
  #isUsual = false;
  /** Times as 32 bits from a base; or, in a chunk whose times lie far apart, as they are. */
  #time: Uint32Array | undefined;
  #base = NaN;
  #unit = NaN;
  #perNs = NaN;
  #wideTime = new Float64Array(0);
  #cpu = new Uint8Array(0);
  #task = new Uint16Array(0);
  #event = new Uint8Array(0);
  #pfn = new Uint32Array(0);
  #order = new Uint8Array(0);
  #migratetype = new Uint8Array(0);
  #args = new Uint16Array(0);

  constructor(builder: TraceBuilder) {
    this.#builder = builder;
  }

  /** Appends the row that was filled, read from this line. */
  append(line: number): void {
    const number = this.#builder.length;
    const index = number & MASK;
    if (number !== this.#next || index === 0 || index >= this.#room) this.#takeArrays(number);
    this.#next = number + 1;
    const { cpu, task, pfn, order, migratetype, args } = this.row;
    if (this.#isUsual && this.#setTime(index) && cpu < 0xff && order < 0xff && migratetype < 0xff
      && pfn < 0xffffffff && task < 0xffff && args < 0xffff) {
      this.#cpu[index] = cpu;
      this.#task[index] = task;
      this.#event[index] = this.row.event;
      this.#pfn[index] = pfn;
      this.#order[index] = order;
      if (migratetype >= 0) this.#migratetype[index] = migratetype;
      this.#args[index] = args;
    } else this.#write(index);
    this.#builder.commit(line);
  }

  /** Writes the time; false when it needs a wider array. */
  #setTime(index: number): boolean {
    const time = this.#time;
    if (time === undefined) {
      this.#wideTime[index] = this.row.time_ns;
      return true;
    }
    const since = this.row.time_ns - this.#base;
    // Not what it should be where `since` is below 0, too great, or between two units.
    const code = (since * this.#perNs + 0.5) >>> 0;
    if (code * this.#unit !== since || code === 0xffffffff) return false;
    time[index] = code;
    return true;
  }

  /** The columns widen what they must; the arrays are others then. */
  #write(index: number): void {
    const { columns } = this.#builder;
    const { row } = this;
    for (const name of ['time_ns', 'cpu', 'task', 'event', 'pfn', 'order', 'args'] as const) {
      columns[name].write(index, row[name]);
    }
    if (row.migratetype >= 0) columns.migratetype.write(index, row.migratetype);
    this.#next = -1;
  }

  #takeArrays(number: number): void {
    const { columns } = this.#builder;
    const at = number & MASK;
    this.#room = roomAt(number);
    const time = columns.time_ns.open(at, this.row.time_ns);
    const cpu = columns.cpu.open(at, 0);
    const [task, event] = [columns.task.open(at, 0), columns.event.open(at, 0)];
    const [pfn, order] = [columns.pfn.open(at, 0), columns.order.open(at, 0)];
    const [migratetype, args] = [columns.migratetype.open(at, 0), columns.args.open(at, 0)];
    this.#isUsual = cpu instanceof Uint8Array
      && task instanceof Uint16Array && event instanceof Uint8Array && pfn instanceof Uint32Array
      && order instanceof Uint8Array && migratetype instanceof Uint8Array
      && args instanceof Uint16Array;
    if (!this.#isUsual) return;
    this.#time = time instanceof Uint32Array ? time as Uint32Array<ArrayBuffer> : undefined;
    if (time instanceof Float64Array) this.#wideTime = time as Float64Array<ArrayBuffer>;
    this.#base = columns.time_ns.base;
    this.#unit = columns.time_ns.unit;
    this.#perNs = 1 / this.#unit;
    this.#cpu = cpu as Uint8Array<ArrayBuffer>;
    this.#task = task as Uint16Array<ArrayBuffer>;
    this.#event = event as Uint8Array<ArrayBuffer>;
    this.#pfn = pfn as Uint32Array<ArrayBuffer>;
    this.#order = order as Uint8Array<ArrayBuffer>;
    this.#migratetype = migratetype as Uint8Array<ArrayBuffer>;
    this.#args = args as Uint16Array<ArrayBuffer>;
  }
}
