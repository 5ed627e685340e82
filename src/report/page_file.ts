/** One file to look at: the page that vite built, with its data in it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../base/errors.js';
import { packageRoot } from '../base/package_root.js';
import type { ExplorePage, PageData } from './page_data.js';

/** A page asks nobody for anything; its script and style stand in it. */
const policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; " +
  "img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'";

/** In a script element nothing may look like markup. */
function scriptJson(data: PageData | ExplorePage): string {
  return JSON.stringify(data).replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

function part(name: string): string {
  const path = join(packageRoot(), 'dist/page', name);
  if (!existsSync(path)) throw new UsageError(`${path} is not there: npm run build makes it`);
  return readFileSync(path, 'utf8');
}

/** The page, piece by piece; `data` is asked for when its place has come. */
export function* pageFile(data: () => PageData | ExplorePage): Generator<string, void> {
  yield '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">' +
    `<meta http-equiv="Content-Security-Policy" content="${policy}">` +
    '<meta name="viewport" content="width=device-width, initial-scale=1">' +
    `<title>mmreplay</title><style>${part('page.css')}</style></head>\n<body>` +
    '<div id="page"></div><noscript>This page needs JavaScript; the same command without ' +
    '--format html has it as text.</noscript>\n<script type="application/json" id="data">';
  yield scriptJson(data());
  yield `</script>\n<script>${part('page.js').replaceAll('</script', '<\\/script')}</script>\n` +
    '</body></html>\n';
}
