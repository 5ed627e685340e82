/** One file to look at: the page that vite built, with its data in it. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { UsageError } from '../base/errors.js';
import { packageRoot } from '../base/package_root.js';
import type { Section } from './blocks.js';
import type { ExplorePage, PageData } from './page_data.js';

/** A page asks nobody for anything; its script and style stand in it. */
const policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; " +
  "img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'";

/** In a script element nothing may look like markup. */
function scriptJson(data: PageData | ExplorePage): string {
  return JSON.stringify(data).replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

function built(name: string): string {
  const path = join(packageRoot(), 'dist/page', name);
  if (!existsSync(path)) throw new UsageError(`${path} is not there: npm run build makes it`);
  return path;
}

const part = (name: string): string => readFileSync(built(name), 'utf8');

/** Made by vite of src/page/answer.tsx. */
type AnswerHtml = (tool: string, sections: readonly Section[]) => string;

function answerOf(data: PageData | ExplorePage): string {
  const { answerHtml } = createRequire(import.meta.url)(built('answer.cjs')) as
    { readonly answerHtml: AnswerHtml };
  const [answer] = data.kind === 'explore' ? data.sections : data.traces[0]?.sections ?? [];
  const summary = data.kind === 'report' && data.traces.length > 1 ? data.summary : [];
  return answerHtml(data.tool, summary.length > 0 || answer === undefined ? summary : [answer]);
}

/** The page, piece by piece: the answer is drawn before the data has come. */
export function* pageFile(data: PageData | ExplorePage): Generator<string, void> {
  yield '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">' +
    `<meta http-equiv="Content-Security-Policy" content="${policy}">` +
    '<meta name="viewport" content="width=device-width, initial-scale=1">' +
    `<title>mmreplay</title><style>${part('page.css')}</style></head>\n<body>` +
    `<div id="page">${answerOf(data)}</div><noscript><main>The rest of this page needs ` +
    'JavaScript; the same command without --format html has it as text.</main></noscript>\n' +
    '<script type="application/json" id="data">';
  yield scriptJson(data);
  yield `</script>\n<script>${part('page.js').replaceAll('</script', '<\\/script')}</script>\n` +
    '</body></html>\n';
}
