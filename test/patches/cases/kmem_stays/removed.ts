import { asIn, definePatch } from 'mmreplay';

export default definePatch({
  id: 'kmem_stays/removed',
  subject: '[v6 3/3] device-dax: "Hotremove" persistent memory that is used like normal RAM',
  author: 'Pavel Tatashin, 2019-05-17',
  link: '',
  base: 'v5.2',
  doc: 'Who has taken all blocks of a device offline gets its memory back when it is unbound.',
  config: asIn('v5.3', 'dax_kmem_removes'),
});
