/** Colour of text on a terminal; elsewhere text is as it is. */
import { styleText } from 'node:util';
import type { Tone } from './blocks.js';

export type Shade = Tone | 'title' | 'name' | 'added' | 'removed';

const styles = {
  title: 'bold', name: 'cyan', good: 'green', bad: 'red', added: 'green', removed: 'red',
} as const satisfies Record<Shade, Parameters<typeof styleText>[0]>;

/** Text of ASCII in this shade; what is printed is decided by who asks, not by the environment. */
export function paint(shade: Shade, text: string): string {
  return styleText(styles[shade], text, { validateStream: false });
}
