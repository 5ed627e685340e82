import { onState } from '../invariant.js';
import { zoneLabel, zones } from '../zones.js';

export default onState(
  'Z7',
  'zone page counts disagree',
  'In each zone free <= managed <= present <= spanned.',
  function* (k) {
    for (const zone of zones(k)) {
      const { nr_free_pages, managed_pages, present_pages, spanned_pages } = zone;
      if (nr_free_pages <= managed_pages && managed_pages <= present_pages &&
        present_pages <= spanned_pages && nr_free_pages >= 0) continue;
      yield `${zoneLabel(zone)}: free ${nr_free_pages}, managed ${managed_pages}, ` +
        `present ${present_pages}, spanned ${spanned_pages}`;
    }
  },
);
