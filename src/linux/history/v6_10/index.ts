import type { Difference } from '../../base/difference.js';
import { boot } from './boot.js';
import { hotplug } from './hotplug.js';

export const doc = 'Linux 6.10.';
export const differences: readonly Difference[] = [boot, hotplug];
