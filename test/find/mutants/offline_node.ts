import { definePatch } from 'mmreplay';

/** A node never goes offline. */
export default definePatch({
  id: 'mutant/offline_node',
  subject: 'a mistake put in by hand',
  author: 'mmreplay, 2026-11-29',
  link: '',
  base: 'v6.1',
  doc: 'A node never goes offline.',
  replaces: { try_offline_node() {} },
});
