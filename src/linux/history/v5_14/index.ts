import type { Difference } from '../../base/difference.js';
import { hotplug } from './hotplug.js';

export const doc = 'Linux 5.14.';
export const differences: readonly Difference[] = [hotplug];
