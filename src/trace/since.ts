/**
 * What a reader of recordings has to know of versions by itself, as one table: the mainline release
 * since which a kernel does it. What the model does by version is in linux/history/.
 */
const since = {
  /** probe_memory_block_size(): the end of memory decides, not 64 GiB alone. */
  block_size_by_end: [4, 17],
  /** isolation dumps the page that it cannot have (has_unmovable_pages()). */
  isolation_dumps: [5, 0],
  /** MMOP_* of onlining count from 1; before, from 0. */
  online_type_from_1: [5, 7],
  /** probe_memory_block_size(): so only in a virtual machine, a real one has the largest blocks. */
  block_size_by_hypervisor: [5, 10],
  /** acpi_parse_cfmws(): a CXL window that the SRAT does not name becomes a node. */
  window_nodes: [5, 16],
  /** acpi_parse_cfmws(): what a CXL window is aligned to bounds the size of memory blocks. */
  block_size_advised: [6, 15],
} as const;

/** Does the kernel of this release do it? One that nobody knows counts as the newest. */
export function does(what: keyof typeof since, release: string | undefined): boolean {
  const [, first, second] = /^v?(\d+)\.(\d+)/.exec(release ?? '') ?? [];
  if (first === undefined) return true;
  const [major, minor] = since[what];
  return Number(first) > major || (Number(first) === major && Number(second) >= minor);
}
