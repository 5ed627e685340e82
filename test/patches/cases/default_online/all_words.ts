import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'default_online/all_words',
  subject: '[PATCH v1 5/5] mm/memory_hotplug: allow to specify a default online_type',
  author: 'David Hildenbrand, 2020-03-11',
  link: '',
  base: 'v5.6',
  doc: 'What can be written for one block can be written for all that will be added.',
  wraps: {
    auto_online_blocks_store: (next) => (k, word) => {
      const error = next(k, word);
      const type = k.mhp_online_type_from_str(word);
      if (error === 0 || type === undefined) return error;
      k.mhp_parameters().default_online_type = type;
      return 0;
    },
  },
});
