/**
 * Files that others give: what is no regular file may have no end, and nobody may ever write into
 * it. A file of procfs or sysfs says that it is regular and empty, or a page, whatever it gives.
 */
import {
  closeSync, constants, fstatSync, openSync, readSync, realpathSync, statSync,
} from 'node:fs';

/** Bytes that are read at once. */
const PIECE = 1 << 20;
/** How long nothing may come of a pipe or a device, and how often it is asked, in ms. */
export const PATIENCE = 5000;
export const PAUSE = 20;

/** Standard input, and what a shell hands over: as slow as whoever writes it. */
const handedOver = /^\/(dev\/(stdin|fd\/)|proc\/self\/fd\/)/;

/** The file is regular, and stays as it is while it is read. Error: of the system. */
export function isRegular(path: string): boolean {
  return statSync(path).isFile() && !/^\/(proc|sys)\//.test(realpathSync(path));
}

/** Error: it is no regular file, or what the system says. */
export function checkRegular(path: string): void {
  if (!isRegular(path)) throw new Error('is no regular file, expected one');
}

/** Two bytes tell gzip from anything else, whatever the name says: a download may have lost it. */
export function isGzip(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const magic = Buffer.alloc(2);
    return readSync(file, magic, 0, 2, 0) === 2 && magic.readUInt16BE(0) === 0x1f8b;
  } finally {
    closeSync(file);
  }
}

export function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Undefined: there will be something, and is not yet. */
function readSome(file: number, buffer: Buffer): number | undefined {
  try {
    return readSync(file, buffer, 0, buffer.length, null);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw error;
  }
}

/** Until it ends; of what nobody hands over only as long as something comes. */
function* piecesOf(file: number, isPatient: boolean): Generator<Uint8Array> {
  const buffer = Buffer.alloc(PIECE);
  const isPipe = fstatSync(file).isFIFO();
  let began = false;
  for (let silent = 0; silent < PATIENCE;) {
    const size = readSome(file, buffer);
    // A pipe that nobody has opened to write gives 0 at once.
    const isWaiting = size === undefined || (size === 0 && isPipe && !began && !isPatient);
    if (size === 0 && !isWaiting) return;
    if (isWaiting) {
      sleep(PAUSE);
      silent += isPatient ? 0 : PAUSE;
      continue;
    }
    [began, silent] = [true, 0];
    yield Buffer.from(buffer.subarray(0, size));
  }
  throw new Error(`nothing came of it for ${PATIENCE / 1000} s, expected a file or who writes it`);
}

/**
 * All bytes of what need not be regular. Error: more than `most`, nothing comes, or what the system
 * says.
 */
export function bytesOf(path: string, most: number): Buffer {
  const isPatient = handedOver.test(path);
  const file = openSync(path,
    isPatient || isRegular(path) ? 'r' : constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const parts: Uint8Array[] = [];
    let size = 0;
    for (const part of piecesOf(file, isPatient)) {
      size += part.length;
      if (size > most) throw new Error(`gives more than ${most} bytes, expected ${most} at most`);
      parts.push(part);
    }
    return Buffer.concat(parts);
  } finally {
    closeSync(file);
  }
}
