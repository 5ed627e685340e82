import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'migration_target/any_node',
  subject: '[PATCH v3] mem-hotplug: alloc new page from a nearest neighbor node when mem-offline',
  author: 'Xishi Qiu, 2016-07-25, without it',
  link: 'https://lore.kernel.org/r/5795E18B.5060302@huawei.com',
  base: 'v6.1',
  doc: 'Pages move near where they are, as before v4.8: also within the node that is emptied.',
  around: {
    do_migrate_range: {
      * migrate_pages(next, _k, { args: [start, end, mtc] }) {
        if (mtc !== undefined) yield* next(start, end, { ...mtc, nodes: undefined });
      },
    },
  },
});
