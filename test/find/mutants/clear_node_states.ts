import { definePatch } from 'mmreplay';

/** A node without memory stays in the masks. */
export default definePatch({
  id: 'mutant/clear_node_states',
  subject: 'a mistake put in by hand',
  author: 'mmreplay, 2026-11-29',
  link: '',
  base: 'v6.1',
  doc: 'A node without memory stays in the masks.',
  replaces: { node_states_clear_node() {} },
});
