import { createConnection, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from '../base/located_json.js';

type QmpMessage = {
  readonly return?: Json;
  readonly error?: { readonly desc: string };
  readonly event?: string;
  readonly data?: { readonly [key: string]: Json };
};

/** An event that QEMU reported. */
export interface QmpEvent {
  readonly event: string;
  readonly data: { readonly [key: string]: Json };
}

/** A connection to QEMU's machine protocol. Commands are answered in order. */
export interface Qmp {
  /** @throws Error with QEMU's text when it refuses the command */
  execute(command: string, args?: object): Promise<Json>;
  /** Events since the beginning; grows. */
  readonly events: readonly QmpEvent[];
  close(): void;
}

async function connect(path: string): Promise<Socket> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await new Promise<Socket>((resolve, reject) => {
        const socket = createConnection(path, () => resolve(socket));
        socket.once('error', reject);
      });
    } catch (error) {
      if (attempt === 100) throw error;
      await sleep(50);
    }
  }
}

/** Connects to the socket that QEMU was started with; waits up to 5 seconds for it to appear. */
export async function openQmp(path: string): Promise<Qmp> {
  const socket = await connect(path);
  const events: QmpEvent[] = [];
  const waiting: ((message: QmpMessage) => void)[] = [];
  const receive = (message: QmpMessage): void => {
    const { event, data = {} } = message;
    if (event !== undefined) events.push({ event, data });
    else if ('return' in message || 'error' in message) waiting.shift()?.(message);
  };
  let rest = '';
  socket.on('data', (chunk) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') receive(JSON.parse(line) as QmpMessage);
  });
  const gone = (): void => {
    for (const answer of waiting.splice(0)) answer({ error: { desc: 'QEMU has ended' } });
  };
  socket.on('error', gone);
  socket.on('close', gone);
  const execute = (command: string, args: object = {}): Promise<Json> =>
    new Promise((resolve, reject) => {
      waiting.push((message) => message.error === undefined ? resolve(message.return ?? null)
        : reject(new Error(message.error.desc)));
      if (socket.destroyed) gone();
      else socket.write(JSON.stringify({ execute: command, arguments: args }) + '\n');
    });
  await execute('qmp_capabilities');
  return { execute, events, close: () => socket.destroy() };
}
