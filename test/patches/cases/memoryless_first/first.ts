import { asIn, definePatch } from 'mmreplay';

export default definePatch({
  id: 'first',
  subject: 'mm/memory_hotplug: clear the state of the node before lists are built',
  author: 'made for this test, after what v6.7 does',
  link: '',
  base: 'v6.6',
  doc: 'node_states_clear_node() stands before build_all_zonelists() in offline_pages().',
  config: asIn('v6.7', 'clear_node_before_rebuild'),
});
