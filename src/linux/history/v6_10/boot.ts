import type { Difference } from '../../base/difference.js';

/** Against v6.11: ACPI tables do not count as RAM. */
export const boot: Difference = {
  config: { acpi_ends_ram: false },
};
