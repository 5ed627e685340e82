/** The text of a web page that somebody saved: a paste, a bug tracker, a file on a forge. */

/** Does a text begin as a page does? */
export function isPage(text: string): boolean {
  return /^\s*(?:<!--[\s\S]{0,500}?-->\s*)?(?:<\?xml[^>]*\?>\s*)?<(?:!doctype )?html/i
    .test(text.slice(0, 1000));
}

/** Nothing of these is shown. */
const begins = /<(?:(script|style|template|svg)\b|!--)/gi;

/** Without what is not shown; what has no end goes on to the page's end. */
function seenText(page: string): string {
  let text = '';
  let at = 0;
  begins.lastIndex = 0;
  for (let found; (found = begins.exec(page)) !== null;) {
    text += page.slice(at, found.index);
    const end = found[1] === undefined ? /-->/g : new RegExp(`</${found[1]}[^<>]*>`, 'gi');
    end.lastIndex = begins.lastIndex;
    at = end.test(page) ? end.lastIndex : page.length;
    text += newlines(page.slice(found.index, at));
    begins.lastIndex = at;
  }
  return text + page.slice(at);
}

/** What ends a line on the screen. */
const ends = /<(?:br|\/(?:p|div|li|tr|pre|h\d|blockquote|textarea))\b[^<>]*>(?!\s*?\n)/gi;
const tags = /<\/?[a-zA-Z!][^<>]*>/g;

const named: Readonly<Record<string, string>> = {
  lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", nbsp: ' ',
};

const newlines = (text: string): string => text.replace(/[^\n]+/g, '');

function character(entity: string, name: string): string {
  const [, base, digits] = /^#(x?)([0-9a-f]+)$/i.exec(name) ?? [];
  if (digits === undefined) return named[name.toLowerCase()] ?? entity;
  const code = parseInt(digits, base === '' ? 10 : 16);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : entity;
}

/** Forges keep a file's lines as JSON for a program that draws them. */
function linesOfForge(page: string): string | undefined {
  const key = '"rawLines":[';
  const begin = page.indexOf(key);
  if (begin < 0) return undefined;
  const lines: string[] = [];
  const one = /\s*("(?:[^"\\]|\\.)*")\s*,?/y;
  one.lastIndex = begin + key.length;
  for (let found; (found = one.exec(page)) !== null;) {
    try {
      lines.push(String(JSON.parse(found[1] ?? '""')).replaceAll('\n', ' '));
    } catch {
      return undefined;
    }
  }
  return lines.join('\n');
}

/** What a reader of the page sees of it, line by line. */
export function pageText(page: string): string {
  return linesOfForge(page) ?? seenText(page).replace(ends, '\n')
    .replace(tags, newlines).replace(/&(#?\w{1,8});/g, character);
}
