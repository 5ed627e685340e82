import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../base/package_root.js';

/**
 * A shell script of `src/record`, from the package's sources: the compiler copies no scripts.
 */
export function scriptText(name: 'record.sh' | 'guest_init.sh'): Buffer {
  return readFileSync(join(packageRoot(), 'src/record', name));
}
