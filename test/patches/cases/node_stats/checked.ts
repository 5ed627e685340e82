import { asIn, definePatch } from 'mmreplay';

export default definePatch({
  id: 'node_stats/checked',
  subject: '[PATCH] mm/memory_hotplug: a node without per-cpu counters is not brought up',
  author: 'of a test, 2026-05',
  link: '',
  base: 'v7.1',
  doc: 'alloc_percpu() can fail: the node is refused then.',
  config: asIn('v7.2', 'nodestats_checked'),
});
