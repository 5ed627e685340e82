import { definePatch } from 'mmreplay';

/** Pageblocks stay isolated when isolation is undone. */
export default definePatch({
  id: 'mutant/undo_isolation',
  subject: 'a mistake put in by hand',
  author: 'mmreplay, 2026-11-29',
  link: '',
  base: 'v6.1',
  doc: 'Pageblocks stay isolated when isolation is undone.',
  replaces: { undo_isolate_page_range() {} },
});
