import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type ServerResponse } from 'node:http';
import { existsSync, readFileSync, rmSync, statSync, watch, type FSWatcher } from 'node:fs';
import { dirname, join } from 'node:path';
import { endingSignals } from '../base/ending_signals.js';
import { reasonOf, TraceError, UsageError } from '../base/errors.js';
import { packageRoot } from '../base/package_root.js';
import { temporaryFolder } from '../base/partial.js';
import { checkRegular } from '../base/read_file.js';
import { isPolicyPath } from '../patch/load.js';
import { defineCommand } from './program/command.js';
import { print } from './program/deliver.js';
import { findTraces } from './program/find_traces.js';
import { numberOption } from './program/options.js';

interface Options {
  readonly traces: readonly string[];
  readonly policy: readonly string[] | undefined;
  readonly base: string | undefined;
  readonly port: number;
}

const HOST = '127.0.0.1';
/** An editor writes a file in several steps; ms. */
const SETTLE = 150;
/** Exit status of `run` when there is a report. */
const REPORTED = [0, 1];

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** A report that could not be made, and goes away when it can. */
function troublePage(text: string): string {
  return '<!doctype html><html lang="en"><meta charset="utf-8"><title>mmreplay</title>' +
    `<h1>No report</h1><pre>${escaped(text)}</pre><script>new EventSource('changes')` +
    ".addEventListener('changed', () => location.reload());</script></html>";
}

/** The page of the report as it is now; a policy that changed is another program: a new process. */
class Shown {
  page = troublePage('The traces are being replayed.');
  readonly #args: readonly string[];
  readonly #file: string;
  readonly #readers = new Set<ServerResponse>();
  #running = false;
  #again = false;
  #ended = false;
  #program: ChildProcess | undefined;

  constructor(args: readonly string[], folder: string) {
    this.#args = args;
    this.#file = join(folder, 'page.html');
  }

  follow(reader: ServerResponse): void {
    reader.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    reader.write('\n');
    this.#readers.add(reader);
    reader.on('close', () => this.#readers.delete(reader));
  }

  make(): void {
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = true;
    const program = spawn(process.execPath, [join(packageRoot(), 'dist/src/main.js'), 'run',
      '-q', '--format', `html=${this.#file}`, ...this.#args],
      { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#program = program;
    let told = '';
    program.stderr.on('data', (text: Buffer) => {
      told += text.toString();
    });
    program.on('close', (status) => this.#made(status, told));
  }

  /** Nobody looks any more: what is being made is not read, and nothing is made anew. */
  end(): void {
    this.#ended = true;
    this.#program?.kill();
  }

  #made(status: number | null, told: string): void {
    if (this.#ended) return;
    this.page = REPORTED.includes(status ?? 2) ? readFileSync(this.#file, 'utf8')
      : troublePage(told);
    for (const reader of this.#readers) reader.write('event: changed\ndata: 1\n\n');
    this.#running = false;
    if (!this.#again) return;
    this.#again = false;
    this.make();
  }
}

/** Calls `changed` when one of the files does; editors replace files, so folders are watched. */
function watchFiles(files: readonly string[], changed: () => void): readonly FSWatcher[] {
  let waiting: NodeJS.Timeout | undefined;
  const soon = (): void => {
    clearTimeout(waiting);
    waiting = setTimeout(changed, SETTLE);
  };
  return [...new Set(files.map((file) => dirname(file)))].map((folder) =>
    // A folder that goes away is followed no more.
    watch(folder, soon).on('error', () => undefined));
}

/** Nobody can say when a pipe or a device changes. */
function checkReadable(file: string): void {
  try {
    checkRegular(file);
  } catch (error) {
    throw new TraceError({ file, line: 0 }, `cannot be read: ${reasonOf(error as Error)}`);
  }
}

/** Until a signal ends it. */
function serve(shown: Shown, port: number): Promise<void> {
  const server = createServer((request, response) => {
    // Another site's page must not read it under a name of its own.
    const host = request.headers.host?.replace(/:\d+$/, '');
    if (host !== HOST && host !== 'localhost') {
      response.writeHead(403).end();
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
    } else if (request.url === '/changes') {
      shown.follow(response);
    } else if (request.url === '/') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store' }).end(shown.page);
    } else {
      response.writeHead(404).end();
    }
  });
  return new Promise((resolve, reject) => {
    server.on('error', (error) => reject(new UsageError(`--port ${port}: ${error.message}`)));
    server.listen(port, HOST, () => {
      const address = server.address();
      const used = typeof address === 'object' ? address?.port : port;
      print(`http://${HOST}:${used}/\n`).catch(reject);
    });
    for (const signal of endingSignals) {
      process.once(signal, () => {
        server.close();
        server.closeAllConnections();
        resolve();
      });
    }
  });
}

export default defineCommand<Options>({
  usage: 'view <traces..>',
  doc: 'Show the report as a page on this machine alone, made anew as a trace or policy changes',
  options: (yargs) => yargs
    .positional('traces', {
      type: 'string', array: true, demandOption: true, describe: 'As for run' })
    .option('policy', { alias: 'p', type: 'string', array: true, nargs: 1,
      describe: 'As for run; a file of yours is watched' })
    .option('base', { type: 'string', requiresArg: true, describe: 'As for run' })
    .option('port', { ...numberOption('port', 'Port on 127.0.0.1; 0: any', 0, 65_535),
      default: 0 })
    .example('$0 view trace.csv -p ./my_fix.ts', 'A page that follows the policy as you edit it'),
  run: async ({ traces, policy = [], base, port }) => {
    const files = policy.flatMap((word) => word.split('+')).filter(isPolicyPath);
    const watched = [...findTraces(traces), ...files];
    const missing = watched.find((path) => !existsSync(path));
    if (missing !== undefined) {
      throw new TraceError({ file: missing, line: 0 }, 'cannot be read: no such file or directory');
    }
    for (const path of watched) if (!statSync(path).isDirectory()) checkReadable(path);
    const folder = temporaryFolder('view');
    // However a name begins, it is no option of the program that makes the page.
    const shown = new Shown([...policy.map((word) => `--policy=${word}`),
      ...(base === undefined ? [] : [`--base=${base}`]), '--', ...traces], folder);
    const watchers = watchFiles(watched, () => shown.make());
    shown.make();
    try {
      await serve(shown, port);
    } finally {
      shown.end();
      for (const watcher of watchers) watcher.close();
      rmSync(folder, { recursive: true, force: true });
    }
    return 0;
  },
});
