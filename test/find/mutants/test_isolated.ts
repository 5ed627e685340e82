import { definePatch } from 'mmreplay';

/** What is not isolated counts as isolated. */
export default definePatch({
  id: 'mutant/test_isolated',
  subject: 'a mistake put in by hand',
  author: 'mmreplay, 2026-11-29',
  link: '',
  base: 'v6.1',
  doc: 'What is not isolated counts as isolated.',
  replaces: { test_pages_isolated: () => 0 },
});
