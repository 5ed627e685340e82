import { asIn, definePatch } from 'mmreplay';

export default definePatch({
  id: 'gives_up/never',
  subject: '[PATCH 2/2] mm, memory_hotplug: remove timeout from __offline_memory',
  author: 'Michal Hocko, 2017-09-18',
  link: '',
  base: 'v4.14',
  doc: 'Only a signal ends an offline that cannot succeed.',
  config: asIn('v4.15', 'offline_gives_up'),
});
