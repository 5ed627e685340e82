import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { eventNames, eventType } from '../../src/trace/events.js';
import { eventsMarkdown } from '../../src/trace/events_doc.js';
import { columnNames } from '../../src/trace/event_type.js';

describe('the table of events', () => {
  it('has a sentence for every event and a meaning for every key', () => {
    for (const name of eventNames) {
      const type = eventType(name);
      expect(type?.doc, name).toMatch(/[.]$/);
      for (const [key, meaning] of Object.entries(type?.args ?? {})) {
        expect(meaning, `${name} ${key}`).not.toBe('');
      }
      if (type?.args !== undefined) expect(type.uses, name).toContain('args');
      for (const column of type?.uses ?? []) expect(columnNames).toContain(column);
    }
  });

  it('is what traces/README.md says', () => {
    const text = readFileSync(new URL('../../traces/README.md', import.meta.url), 'utf8');
    const begin = text.indexOf('<!-- generated: events -->');
    const part = text.slice(begin, text.indexOf('<!-- end of events'));
    expect(part).toContain(eventsMarkdown().trimEnd());
  });

  it('answers undefined for what is no event', () => {
    expect(eventType('toString')).toBeUndefined();
  });
});
