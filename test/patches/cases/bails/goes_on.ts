import { asIn, definePatch } from 'mmreplay';

export default definePatch({
  id: 'bails/goes_on',
  subject: "[PATCH v2] mm, memory_hotplug: don't bail out in do_migrate_range() prematurely",
  author: 'Oscar Salvador, 2018-12-11',
  link: '',
  base: 'v4.19',
  doc: 'A page that cannot be isolated keeps no others.',
  config: asIn('v5.0', 'migration_gives_up'),
});
