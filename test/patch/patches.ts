/** Small patches to compose; the functions are the model's, what they do is made up. */
import type { Patch } from '../../src/patch/define.js';

export function patch(id: string, difference: Partial<Patch>): Patch {
  return {
    id, subject: `[PATCH] ${id}`, author: 'A Developer, 2022-01-01', link: 'https://example.org/',
    base: 'v6.1', doc: 'Made for a test.', ...difference,
  };
}

export const populated = patch('zonelists/populated_zone', {
  substitutes: { build_zonerefs_node: { managed_zone: 'populated_zone' } },
});
export const managed = patch('zonelists/managed_zone', {
  substitutes: { build_zonerefs_node: { populated_zone: 'managed_zone' } },
});
