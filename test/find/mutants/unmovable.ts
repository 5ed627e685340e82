import { definePatch } from 'mmreplay';

/** No page is in the way of isolation. */
export default definePatch({
  id: 'mutant/unmovable',
  subject: 'a mistake put in by hand',
  author: 'mmreplay, 2026-11-29',
  link: '',
  base: 'v6.1',
  doc: 'No page is in the way of isolation.',
  replaces: { has_unmovable_pages: () => undefined },
});
