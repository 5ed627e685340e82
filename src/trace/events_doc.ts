/** The table of events as Markdown, for `traces/README.md` and `mmreplay list events`. */
import { eventNames, eventType } from './events.js';
import type { EventType, Role } from './event_type.js';
import { columnNames } from './event_type.js';

const roles: readonly (readonly [role: Role, title: string])[] = [
  ['setup', 'Setup: what shapes the machine'],
  ['taken', 'Taken: numbers the model cannot know, copied into it'],
  ['input', 'Input: what drove the kernel'],
  ['outcome', 'Outcome: what the recorded kernel answered'],
  ['mark', 'Marks'],
];

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** The columns an event uses, with the keys of its args. */
function usesText(type: EventType): string {
  const columns = type.uses.filter((name) => name !== 'args').map((name) => `\`${name}\``);
  const keys = Object.entries(type.args ?? {})
    .map(([key, { doc }]) => `\`${key}=\` ${doc}`);
  const args = !type.uses.includes('args') ? [] : [keys.length === 0 ? '`args`' : keys.join('; ')];
  return [...columns, ...args].join(', ');
}

/** Lines of the table: name, doc and use of each event, by role. */
function eventRows(role: Role): (readonly [name: string, doc: string, uses: string])[] {
  return eventNames.flatMap((name) => {
    const type = eventType(name);
    return type?.role === role ? [[name, type.doc, usesText(type)] as const] : [];
  });
}

/** The whole chapter. */
export function eventsMarkdown(): string {
  const parts = roles.map(([role, title]) => {
    const rows = eventRows(role)
      .map(([name, doc, uses]) => `| \`${name}\` | ${cell(doc)} | ${cell(uses)} |`);
    const head = ['| event | what it is | columns |', '|---|---|---|'];
    return [`### ${title}`, '', ...head, ...rows].join('\n');
  });
  return `Every row has the columns \`${columnNames.join(',')}\`.\n\n${parts.join('\n\n')}\n`;
}
