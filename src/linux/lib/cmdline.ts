/** lib/cmdline.c: numbers of the kernel command line. */
import type { Kernel } from '../base/kernel.js';

/**
 * A size with suffix K, M, G, T, P or E, and what follows it.
 * @kernel lib/cmdline.c v6.12 reduced: a leading 0 does not make it octal
 */
export function memparse(_k: Kernel, text: string): { value: number; rest: string } {
  const match = /^(0x[0-9a-f]+|\d+)([KMGTPE]?)/i.exec(text);
  if (match === null) return { value: 0, rest: text };
  const power = 'KMGTPE'.indexOf((match[2] ?? '').toUpperCase()) + 1;
  const scale = match[2] === '' ? 1 : 1024 ** power;
  return { value: Number(match[1]) * scale, rest: text.slice(match[0].length) };
}
