import { definePatch } from 'mmreplay';

/** Zones keep nothing back from higher ones. */
export default definePatch({
  id: 'mutant/lowmem_reserve',
  subject: 'a mistake put in by hand',
  author: 'mmreplay, 2026-11-29',
  link: '',
  base: 'v6.1',
  doc: 'Zones keep nothing back from higher ones.',
  replaces: { setup_per_zone_lowmem_reserve() {} },
});
