/** The answers to the five questions, as the command prints them, for policies/ANSWERS.md. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { evaluate } from '../pipeline.js';
import text from '../report/formats/text.js';
import { resultsOf } from '../report/report.js';

interface Asked {
  readonly question: string;
  readonly path: string;
  /** Empty: all policies of the question; then the report that the tests hold stands beside it. */
  readonly series: readonly string[];
}

const asked: readonly Asked[] = [
  { question: 'zonelists', path: 'traces/zonelists-S1-xen-grows', series: [] },
  {
    question: 'try_offline_node', path: 'traces/imported/dimm-one-never-onlined-5.3.csv.gz',
    series: ['base', ...['v1', 'v2', 'merged', 'section_walk']
      .map((id) => `try_offline_node/${id}`)],
  },
  { question: 'memmap_holes', path: 'traces/memmap_holes-E4-pageblock', series: [] },
  { question: 'memmap_on_memory', path: 'traces/memmap_on_memory-T3-offline-fails', series: [] },
  { question: 'offline_pcp', path: 'traces/offline_pcp-S6-reused-unmovable', series: [] },
];

/** The report up to its second heading: title and verdict. */
function firstSection(report: string): string {
  const lines = report.split('\n');
  const next = lines.findIndex((line, index) => index > 1 && /^-+$/.test(line));
  return lines.slice(0, next < 0 ? undefined : next - 1).join('\n').trimEnd();
}

async function outputOf(root: string, { path, series }: Asked): Promise<string> {
  if (series.length === 0) return readFileSync(join(root, path, 'expect.txt'), 'utf8');
  const comparison = await evaluate(
    { path: join(root, path), series, base: undefined, config: {}, tool: '' });
  return [...text.render(resultsOf([comparison]), { limit: 0, detail: 'full', quietSame: false })]
    .join('');
}

/** A command for each question and the first lines of what it prints. */
export async function answers(root: string): Promise<string> {
  const parts: string[] = [];
  for (const one of asked) {
    const words = one.series.map((id) => ` -p ${id}`).join('');
    parts.push(`## ${one.question}\n\n\`\`\`text\n$ mmreplay run ${one.path}${words}\n` +
      `${firstSection(await outputOf(root, one))}\n\`\`\`\n`);
  }
  return parts.join('\n');
}
