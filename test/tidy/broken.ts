/** For each rule a file that it must catch: a rule that catches nothing says nothing. */
import type { SourceFile } from './source_files.js';
import { sourceFile } from './source_files.js';

export const broken: Readonly<Record<string, readonly SourceFile[]>> = {
  'a line has at most 100 characters': [sourceFile('src/base/a.ts', `// ${'x'.repeat(98)}\n`)],
  'a file has at most 400 lines': [sourceFile('src/base/a.ts', '//\n'.repeat(401))],
  'a function has at most 60 lines': [
    sourceFile('src/base/a.ts', `export function f(\n  a: number,\n): void {\n${
      '  g();\n'.repeat(60)}}\n`),
    sourceFile('src/base/b.ts', `const a = {\n  f(x: number): void {\n${
      '    g();\n'.repeat(60)}  },\n};\n`),
    sourceFile('src/base/c.ts', `const f = (x: number): void => {\n${'  g();\n'.repeat(60)}};\n`),
  ],
  'a policy has at most 100 lines': [sourceFile('policies/q/a.ts', '//\n'.repeat(101))],
  'imports follow the table of src/README.md': [
    sourceFile('src/linux/a.ts', "import { compose } from '../patch/compose.js';\n"),
    sourceFile('src/report/a.ts', "import type { Kernel } from '../linux/base/kernel.js';\n"),
    sourceFile('src/base/a.ts', "export * from\n  '../linux/base/kernel.js';\n"),
    sourceFile('src/trace/import/a.ts', "await import('../../replay/replay.js');\n"),
    sourceFile('src/main.ts', "import { compose } from './patch/compose.js';\n"),
    sourceFile('policies/q/a.ts', "import { compose } from '../../src/patch/compose.js';\n"),
    sourceFile('src/cli/a.ts', "import p from '../../policies/q/a.js';\n"),
    sourceFile('src/elsewhere/a.ts', "import { hex } from '../base/pfn.js';\n"),
  ],
  'no file imports itself by way of others': [
    sourceFile('src/base/a.ts', "import { b } from './b.js';\n"),
    sourceFile('src/base/b.ts', "import type { x } from './c.js';\nimport type { y } from './a.js';\n"),
  ],
  'what is exported is used elsewhere': [
    sourceFile('src/base/a.ts', 'export function alone(): void {}\n'),
    sourceFile('src/base/b.ts', 'const one = 1;\nexport const two = one + one;\n'),
  ],
  'a comment on a thing stands before that thing': [
    sourceFile('src/base/a.ts', 'const a = 1;\n\n/** Of b. */\n\nconst c = a;\n'),
    sourceFile('src/base/b.ts', 'const a = 1;\n/** Of b. */\n/**\n * Of c.\n */\nconst c = a;\n'),
  ],
  'relative imports end in .js': [sourceFile('src/base/a.ts', "import { b } from './b';\n")],
  'every function of the model says what it is of the kernel (@kernel)': [
    sourceFile('src/linux/a.ts', 'export function a(k: Kernel): void {}\n'),
    sourceFile('src/linux/b.ts', '/** Does it. */\nexport function* b(k: Kernel): Preempt<0> {}\n'),
    sourceFile('src/linux/c.ts',
      '/** @kernel mm/c.c v6.12 nearly */\nexport function c(_k: Kernel): void {}\n'),
  ],
  'a function of the model stands where the kernel has it': [
    sourceFile('src/linux/mm/mutex.ts',
      '/** @kernel mm/memory_hotplug.c v6.12 full */\nexport function f(k: Kernel): void {}\n'),
    sourceFile('src/linux/mm/mm_init/old.ts',
      '/** @kernel mm/page_alloc.c v6.4 full */\nexport function f(k: Kernel): void {}\n'),
  ],
  'the model knows no clock, no chance, no process': [
    sourceFile('src/linux/a.ts', 'const now = Date.now();\n'),
    sourceFile('src/linux/b.ts', 'const x = Math.random();\n'),
    sourceFile('src/linux/history/bodies.ts', 'const x = process.env;\n'),
  ],
  'no bit operator meets a pfn: it would cut it to 32 bits': [
    sourceFile('src/linux/a.ts', 'const section = pfn >> 15;\n'),
    sourceFile('src/linux/b.ts', 'const low = pfn & 511;\n'),
    sourceFile('src/linux/c.ts', 'const low = (start + nr_pages) | 0;\n'),
  ],
  'inference proposes, and sets nothing right': [
    sourceFile('src/replay/pages/inference/a.ts', "import type { Corrections } from '../corrections.js';\n"),
  ],
  'the model knows no recordings': [
    sourceFile('src/linux/mm/a.ts', 'if (pages.traced) yield 0;\n'),
    sourceFile('src/linux/mm/b.ts', '/** What the recording says. */\n'),
    sourceFile('src/linux/mm/c.ts', 'const used = k.state.usedUnseen;\n'),
    sourceFile('src/linux/mm/d.ts', 'for (const one of k.state.busy_ranges) yield 0;\n'),
    sourceFile('src/linux/mm/e.ts', '// A trace without the allocation: nothing to free.\n'),
  ],
  'the model reads nothing that only others write': [
    sourceFile('src/linux/base/a.ts', '  moves: boolean;\n'),
    sourceFile('src/linux/mm/a.ts', 'if (pages.outside.moves) yield 0;\n'),
    sourceFile('src/replay/a.ts', 'pages.outside.moves = true;\n'),
  ],
  'nothing depends on the locale': [
    sourceFile('src/report/a.ts', 'rows.sort((a, b) => a.localeCompare(b));\n'),
    sourceFile('src/report/b.ts', 'const text = pages.toLocaleString();\n'),
  ],
  'no list of the input is spread into a call: the stack is too small': [
    sourceFile('src/trace/a.ts', 'const last = Math.max(0, ...ends);\n'),
    sourceFile('src/verify/a.ts', 'this.#rows.push(...of(row));\n'),
  ],
  'no any': [
    sourceFile('src/base/a.ts', 'const x: any = 1;\n'),
    sourceFile('src/base/b.ts', 'const x = y as any;\n'),
  ],
  'no ! after an expression': [
    sourceFile('src/base/a.ts', 'const x = list[0]!;\n'),
    sourceFile('src/base/b.ts', 'const x = zone!.name;\n'),
  ],
  'no enum, no namespace, no unchecked line': [
    sourceFile('src/base/a.ts', 'export const enum Kind { A }\n'),
    sourceFile('src/base/b.ts', '// @ts-ignore\n'),
  ],
  'names say what a thing is, not its pattern': [
    sourceFile('src/base/a.ts', 'export class ZoneManager {}\n'),
  ],
  'file names are snake_case': [sourceFile('src/base/textTable.ts', '')],
  'nothing is left to do later': [sourceFile('src/base/a.ts', `// ${'TO'}DO: the rest\n`)],
  'no path of somebody\'s machine': [
    sourceFile('README.md', `see ${'/wo'}rk/main/src\n`),
  ],
};
