import { definePatch } from 'mmreplay';

/** Isolated pageblocks of a zone are not counted. */
export default definePatch({
  id: 'mutant/isolated_count',
  subject: 'a mistake put in by hand',
  author: 'mmreplay, 2026-11-29',
  link: '',
  base: 'v6.1',
  doc: 'Isolated pageblocks of a zone are not counted.',
  replaces: { count_isolated() {} },
});
