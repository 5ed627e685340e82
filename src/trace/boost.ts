/** Watermarks of a zoneinfo row. */

/**
 * /proc/zoneinfo adds the boost, which allocations and kswapd decide, to each watermark. Takes it
 * out again: what is held against the model are the watermarks themselves.
 */
export function withoutBoost(zone: Map<string, string>): void {
  const boost = Number(zone.get('boost') ?? 0);
  if (!(boost > 0)) return;
  for (const name of ['min', 'low', 'high']) {
    const value = zone.get(name);
    if (value !== undefined) zone.set(name, `${Number(value) - boost}`);
  }
}
