import { ZONE_MOVABLE, ZONE_NAMES } from '../../linux/include/mmzone.js';
import type { Invariant } from '../invariant.js';
import { zones } from '../zones.js';

const invariant: Invariant = {
  id: 'Z10',
  broken: 'policy_zone too high',
  doc: 'policy_zone is not above the highest zone below Movable that was ever populated.',
  begin(k) {
    let highest = 0;
    return {
      * violations() {
        for (const zone of zones(k)) {
          if (zone.present_pages > 0 && zone.index < ZONE_MOVABLE) {
            highest = Math.max(highest, zone.index);
          }
        }
        if (k.state.policy_zone > highest) {
          yield `policy_zone is ${ZONE_NAMES[k.state.policy_zone]}, no zone above ` +
            `${ZONE_NAMES[highest]} was ever populated`;
        }
      },
    };
  },
};
export default invariant;
