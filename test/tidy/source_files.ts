import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface SourceFile {
  /** Below the top of the tree, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
}

export function sourceFile(path: string, text: string): SourceFile {
  return { path, text, lines: text.replace(/\n$/, '').split('\n') };
}

/** All files below `folders` with one of the endings, by path. */
export function readSourceFiles(
  root: string, folders: readonly string[], endings: readonly string[],
): readonly SourceFile[] {
  return folders.flatMap((folder) =>
    (readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }))
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
      .filter((path) => endings.some((ending) => path.endsWith(ending)))
      .sort()
      .map((path) => sourceFile(path, readFileSync(join(root, path), 'utf8'))));
}
