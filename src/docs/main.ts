/** `npm run docs`: rewrites every generated file and says which ones changed. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../base/package_root.js';
import { writeFileWhole } from '../base/write_file.js';
import { generatedFiles } from './generated.js';

const root = packageRoot();
for (const { path, text } of await generatedFiles(root)) {
  const target = join(root, path);
  if (existsSync(target) && readFileSync(target, 'utf8') === text) continue;
  writeFileWhole(target, text);
  process.stdout.write(`${path} rewritten\n`);
}
