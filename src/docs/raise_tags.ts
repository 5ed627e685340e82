/**
 * `npm run raise-tags`: a function whose text is the same in a newer kernel as where it was read
 * gets that kernel's version as its tag. It goes by the digests of `src/drift/digests`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../base/package_root.js';
import { writeFileWhole } from '../base/write_file.js';
import { raisedTags, readKernels } from '../drift/digests.js';
import { readTags } from './kernel_tags.js';

const root = packageRoot();
const raised = raisedTags(readKernels());
for (const { name, file, kernelFile, version } of readTags(root).tags) {
  const now = raised.get(name);
  if (now === undefined) continue;
  const path = join(root, file);
  const text = readFileSync(path, 'utf8');
  const start = text.search(new RegExp(`^export (?:async )?function\\s*\\*?\\s*${name}\\b`, 'm'));
  const tag = text.lastIndexOf(`@kernel ${kernelFile} ${version}`, start);
  if (start < 0 || tag < 0) continue;
  const end = tag + `@kernel ${kernelFile} ${version}`.length;
  writeFileWhole(path, `${text.slice(0, tag)}@kernel ${kernelFile} ${now}${text.slice(end)}`);
  process.stdout.write(`${name}(): ${version} is ${now}\n`);
}
