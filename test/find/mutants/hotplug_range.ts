import { definePatch } from 'mmreplay';

/** Any range can be added. */
export default definePatch({
  id: 'mutant/hotplug_range',
  subject: 'a mistake put in by hand',
  author: 'mmreplay, 2026-11-29',
  link: '',
  base: 'v6.1',
  doc: 'Any range can be added.',
  replaces: { check_hotplug_memory_range: () => 0 },
});
