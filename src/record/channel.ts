import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Console, GuestLost } from './console.js';

/** Seconds that the guest may take to print something, and QEMU to write it out. */
const FETCH_SECONDS = 300;

/**
 * The way out of the guest for what is too large for the console: a virtio-serial port, or a
 * second serial line, that QEMU writes to a file. Each text stands between two marker lines.
 */
export class DataChannel {
  #read = 0;
  #next = 1;
  readonly #console: Console;
  readonly #device: string;
  readonly #file: string;

  private constructor(console: Console, device: string, file: string) {
    this.#console = console;
    this.#device = device;
    this.#file = file;
  }

  /** Asks the guest which device its `/init` found. */
  static async open(console: Console, folder: string): Promise<DataChannel> {
    const device = (await console.run('cat /run/channel', 30)).stdout;
    const file = join(folder, device.includes('vport') ? 'fast' : 'slow');
    return new DataChannel(console, device, file);
  }

  /** The standard output of a script in the guest. @throws GuestLost */
  async fetch(script: string): Promise<Buffer> {
    const marker = `@@end ${this.#next}\n`;
    this.#next += 1;
    const printed = `{ ${script}\necho '${marker.trimEnd()}'; }`;
    await this.#console.run(`${printed} >${this.#device}`, FETCH_SECONDS);
    // A serial line still drains after the writer has ended.
    for (let waited = 0; waited < FETCH_SECONDS * 1000; waited += 50) {
      const text = this.#unread();
      if (text.subarray(-marker.length).toString('latin1') === marker) {
        this.#read += text.length;
        return text.subarray(0, -marker.length);
      }
      await sleep(50);
    }
    throw new GuestLost('hang', `${this.#device} did not deliver`, this.#console.log);
  }

  #unread(): Buffer {
    if (!existsSync(this.#file)) return Buffer.alloc(0);
    const file = openSync(this.#file, 'r');
    try {
      const parts: Buffer[] = [];
      for (let at = this.#read; ;) {
        const part = Buffer.alloc(1 << 20);
        const length = readSync(file, part, 0, part.length, at);
        if (length === 0) return Buffer.concat(parts);
        parts.push(part.subarray(0, length));
        at += length;
      }
    } finally {
      closeSync(file);
    }
  }
}
