/** The last step of `npm run build`: the @kernel tags as a data file beside the program. */
import { join } from 'node:path';
import { packageRoot } from '../base/package_root.js';
import { writeFileWhole } from '../base/write_file.js';
import { TAGS_FILE } from '../linux/function_tag.js';
import { readTags } from './kernel_tags.js';

const root = packageRoot();
const entries = readTags(root).tags
  .map(({ name, ...tag }) => [name, tag] as const)
  .sort(([a], [b]) => (a < b ? -1 : 1));
writeFileWhole(join(root, TAGS_FILE), `${JSON.stringify(Object.fromEntries(entries))}\n`);
