/** What the steps of a scenario can be. */

/** text, integer, id (one of both); with `?` it may be left out. */
export type FieldKind = 'id' | 'text' | 'integer' | 'list' | 'object' | 'text?' | 'integer?' | 'list?';

const block = { block: 'integer' } as const;

/** What a scenario can do, and the fields of each action. */
export const actionFields = {
  'add-dimm': { id: 'id', size_mb: 'integer', node: 'integer' },
  'remove-dimm': { id: 'id' },
  'virtio-mem': { id: 'id', requested_mb: 'integer' },
  online: block, online_kernel: block, online_movable: block, offline: block,
  write: { path: 'text', value: 'text' },
  read: { path: 'text' },
  sh: { cmd: 'text' },
  lab: { cmd: 'text', path: 'text?' },
  'fill-memory': { mb: 'integer', node: 'integer?' },
  'free-memory': {},
  'notifier-error': { event: 'text', errno: 'integer' },
  wait: { seconds: 'integer' },
} as const satisfies Record<string, Readonly<Record<string, FieldKind>>>;

export type ActionName = keyof typeof actionFields;

/** A step of a scenario: its action and the fields that `actionFields` names. */
export interface Step {
  readonly action: ActionName;
  readonly [field: string]: string | number;
}

export function isAction(name: string): name is ActionName {
  return Object.hasOwn(actionFields, name);
}

/** The text of the step's mark in the trace, as in the recordings that came first. */
export function markText(step: Step): string {
  const { action, ...fields } = step;
  switch (action) {
    case 'online': case 'online_kernel': case 'online_movable': case 'offline':
      return `memory${step.block} ${action}`;
    case 'sh': return String(step.cmd);
    case 'lab': return `lab ${step.cmd}`;
    case 'notifier-error': return `notifier ${step.event} error=${step.errno}`;
    default: {
      const words = Object.entries(fields).map(([key, value]) => `${key}=${value}`);
      return [action, ...words].join(' ');
    }
  }
}
