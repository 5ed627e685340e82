import { PAGES_PER_SECTION, definePatch } from 'mmreplay';

export default definePatch({
  id: 'online_page/section',
  subject: 'mm: consider whole sections online',
  author: 'Michal Hocko, 2017-07-06',
  link: 'https://git.kernel.org/linus/2d070eab2e82',
  released: 'v4.13 - v5.9',
  base: 'v5.9',
  doc: 'A page is online when its section is, although device memory fills a part of that.',
  replaces: {
    pfn_to_online_page: (k, pfn) => k.state.sections.online(Math.floor(pfn / PAGES_PER_SECTION)),
  },
});
