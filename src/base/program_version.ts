import { readFileSync } from 'node:fs';
import { packageRoot } from './package_root.js';

/** The newest kernel version of the model; a test holds it against src/linux/history. */
const modelled = 'v6.12';

/** Package, model and Node, without loading anything of the model. */
export function versionText(): string {
  const text = readFileSync(`${packageRoot()}package.json`, 'utf8');
  const { version } = JSON.parse(text) as { readonly version: string };
  return `mmreplay ${version}, models Linux ${modelled}, Node ${process.version}`;
}
