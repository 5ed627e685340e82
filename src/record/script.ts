import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * A shell script of `src/record`. The compiler copies no scripts, so the built program reads them
 * in the sources that the package carries.
 */
export function scriptText(name: 'record.sh' | 'guest_init.sh'): Buffer {
  const places = [name, `../../../src/record/${name}`]
    .map((path) => new URL(path, import.meta.url));
  const found = places.find((place) => existsSync(place));
  if (found === undefined) {
    throw new Error(`${name} is in none of ${places.map((url) => fileURLToPath(url)).join(', ')}`);
  }
  return readFileSync(found);
}
