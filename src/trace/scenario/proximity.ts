import { parameters } from '../../base/command_line.js';

/**
 * Proximity domains as nodes. QEMU numbers its nodes as the scenario does and says these numbers
 * as proximity domains; Linux gives node numbers in the order in which the SRAT names domains, so
 * that an empty node that the SRAT does not name has no number (drivers/acpi/numa/srat.c).
 */
export class Proximity {
  readonly #named: readonly number[];
  readonly #lowest: number;

  /** ` of_firmware=1` where numa=fake= can have the kernel find its nodes under other numbers. */
  readonly words: string;

  /** Domains in the order of the SRAT, CPUs first; that of the lowest memory; boot parameters. */
  constructor(srat: readonly number[], lowest: number, cmdline: string) {
    this.#named = [...new Set(srat)];
    this.#lowest = lowest;
    this.words = parameters(cmdline, 'numa').some((word) => word.startsWith('fake='))
      ? 'of_firmware=1' : '';
  }

  /** Undefined for a domain that the SRAT does not name. */
  nid(domain: number): number | undefined {
    const nid = this.#named.indexOf(domain);
    return nid < 0 ? undefined : nid;
  }

  /** The node of a DIMM: of an unnamed domain it goes to the node of the lowest memory. */
  nidOfDimm(domain: number): number {
    return this.nid(domain) ?? this.nid(this.#lowest) ?? 0;
  }
}
