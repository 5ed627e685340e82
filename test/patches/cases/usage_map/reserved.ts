import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'usage_map/reserved',
  subject: "[PATCH v1] mm/memory_hotplug: Don't free usage map when removing a re-added early " +
    'section',
  author: 'David Hildenbrand, 2020-01-10',
  link: '',
  base: 'v5.4',
  doc: 'A usage map that was allocated during boot is kept, whatever its section is now.',
  around: {
    section_deactivate: {
      kfree_usage(next, k, { args: [nr] }) {
        if (!k.state.sections.usage_reserved(nr)) next();
      },
    },
  },
});
