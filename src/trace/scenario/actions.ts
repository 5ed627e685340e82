/** What the steps of a scenario can be. */
import { hex } from '../../base/pfn.js';
import type { EventName } from '../events.js';
import { MOST_CXL_WINDOWS } from './qemu_memory.js';
import { type Fields, integer, maybe } from './field_kinds.js';
import { eventFields, isEventStep, ofEveryRow, placeFields } from './event_fields.js';

/** Of memory, in MiB: MAX_PHYSMEM_BITS with page tables of four levels is 46. */
export const MOST_MB = 2 ** 26;
/** Nodes that QEMU gives a machine (MAX_NODES), from 0 on. */
export const LAST_QEMU_NODE = 127;
/** A number or a word that QEMU takes as it is, with something before it. */
export const id = {
  is: 'id', from: 0, to: 2 ** 31, like: /^\w[\w.-]{0,31}$/,
  says: 'a number, or letters, digits, . _ -',
} as const;
/** One line of any text. */
export const lineText = {
  is: 'text', like: /^[^\0-\x08\x0b-\x1f\x7f]{0,65536}$/u, says: 'text without control characters',
} as const;
const path = {
  is: 'text', like: /^\/[\w./:@+-]{1,255}$/, says: 'a path: / and letters, digits, . / : @ + _ -',
} as const;
const word = { is: 'text', like: /^[\w-]{1,64}$/, says: 'letters, digits, _ or -' } as const;

const megabytes = integer(1, MOST_MB);
const node = integer(0, LAST_QEMU_NODE);
const inBackground = { block: integer(0, 2 ** 25 - 1) } as const;

const parts = {
  is: 'text', like: /^\d{1,8}-\d{1,8}(,\d{1,8}-\d{1,8}){0,31}$/,
  says: 'parts of the range in MiB behind its begin: 0-256,512-1024',
} as const;
/** Does the memmap of a dax device's memory come from it? The kernel's own choice when left out. */
const onMemory = { memmap_on_memory: maybe(integer(0, 1)) } as const;

/** What a scenario can do, and the fields of each action. */
export const actionFields = {
  'add-dimm': {
    id, size_mb: megabytes, node, address: maybe({ is: 'bytes', from: 0, to: 2 ** 52 }),
  },
  'remove-dimm': { id },
  'virtio-mem': { id, requested_mb: integer(0, MOST_MB), ...ofEveryRow },
  online: placeFields, online_kernel: placeFields, online_movable: placeFields,
  offline: placeFields, 'offline-begin': inBackground, 'offline-result': inBackground,
  write: { path, value: lineText },
  read: { path },
  sh: { cmd: lineText },
  lab: { cmd: lineText, path: maybe(path) },
  'fill-memory': { mb: megabytes, node: maybe(node) },
  'free-memory': {},
  'notifier-error': { event: word, errno: integer(-4095, 4095) },
  'dax-kmem': { region: integer(0, 1023) },
  'dax-hmem': { region: integer(0, 1023), parts_mb: maybe(parts), ...onMemory },
  'cxl-region': { id, window: maybe(integer(0, MOST_CXL_WINDOWS - 1)), ...onMemory },
  'dax-kmem-unbind': {
    device: { is: 'text', like: /^dax\d{1,4}\.\d{1,4}$/, says: 'a dax device: dax0.0' },
  },
  wait: { seconds: integer(0, 86400) },
} as const satisfies Record<string, Fields>;

export type ActionName = keyof typeof actionFields;
/** What a machine does when it is told, or an event of the table: the row of a CSV trace. */
export type StepName = ActionName | EventName;

/** A step of a scenario: its action and its fields, see `stepFields`. */
export interface Step {
  readonly action: StepName;
  readonly [field: string]: string | number;
}

export function isAction(name: string): name is ActionName {
  return Object.hasOwn(actionFields, name);
}

/** The fields of a step; undefined when no step has that name. */
export function stepFields(name: string): Fields | undefined {
  const own: Fields | undefined = isAction(name) ? actionFields[name] : undefined;
  return isEventStep(name) ? { ...eventFields(name), ...own } : own;
}

const inHex: ReadonlySet<string> = new Set(['pfn', 'address']);

/** The text of the step's mark in the trace, as in the recordings that came first. */
export function markText(step: Step): string {
  const { action, ...fields } = step;
  switch (action) {
    case 'online': case 'online_kernel': case 'online_movable': case 'offline':
      if (step.block !== undefined) return `memory${step.block} ${action}`;
      break;
    case 'sh': return String(step.cmd);
    case 'lab': return `lab ${step.cmd}`;
    case 'notifier-error': return `notifier ${step.event} error=${step.errno}`;
    default:
  }
  const words = Object.entries(fields).map(([key, value]) =>
    `${key}=${inHex.has(key) ? hex(Number(value)) : value}`);
  return [action, ...words].join(' ');
}
