import { definePatch, pfn_to_section_nr } from 'mmreplay';

export default definePatch({
  id: 'boot_offline/veto',
  subject: '[PATCH V15 2/2] arm64/mm: Enable memory hot remove',
  author: 'Anshuman Khandual, 2020-03-04',
  link: '',
  base: 'v5.6',
  doc: 'A notifier vetoes the offline of boot memory: its section could not be taken apart.',
  wraps: {
    memory_notify: (next) => (k, action, arg) => {
      const section = pfn_to_section_nr(arg.start_pfn);
      const vetoed = action === 'MEM_GOING_OFFLINE' && k.state.sections.early(section);
      return vetoed ? -1 : next(k, action, arg);
    },
  },
});
