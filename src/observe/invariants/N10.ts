import type { Invariant } from '../invariant.js';

const invariant: Invariant = {
  id: 'N10',
  broken: 'wrong highest section',
  doc: 'The highest present section number is never below a section, and never falls.',
  begin(k) {
    let highest = -1;
    return {
      * violations() {
        const { sections, memory_blocks } = k.state;
        if (sections.highest_present < highest) {
          yield `the highest section fell from ${highest} to ${sections.highest_present}`;
        }
        highest = sections.highest_present;
        for (const { id, start_pfn } of memory_blocks.values()) {
          const section = Math.floor(start_pfn / k.machine.pages_per_section);
          if (section > highest) yield `memory${id} is above the highest section ${highest}`;
        }
      },
    };
  },
};
export default invariant;
