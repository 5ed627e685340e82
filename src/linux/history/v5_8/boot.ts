import type { Difference } from '../../base/difference.js';
import { boot as boot_5_10 } from '../v5_10/boot.js';

/** Against v5.8.18: as v5.10 was released. */
export const boot: Difference = boot_5_10;
