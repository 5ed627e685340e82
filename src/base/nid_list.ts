/** `0-1,3` of node ids, as the node state files of sysfs print them; `-` when there is none. */
export function nodeList(nids: Iterable<number>): string {
  const sorted = [...nids].sort((a, b) => a - b);
  const parts: string[] = [];
  for (let i = 0; i < sorted.length;) {
    let last = i;
    while (sorted[last + 1] === (sorted[last] ?? 0) + 1) last += 1;
    parts.push(last > i ? `${sorted[i]}-${sorted[last]}` : `${sorted[i]}`);
    i = last + 1;
  }
  return parts.join(',') || '-';
}
