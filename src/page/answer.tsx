/** The answer as markup, for who makes the file: there before the data, and without a script. */
import { renderToString } from 'preact-render-to-string';
import type { Section } from '../report/blocks.js';
import { SectionView } from './blocks.js';
import { Head } from './head.js';

export function answerHtml(tool: string, sections: readonly Section[]): string {
  return renderToString(<>
    <Head tool={tool} />
    <main>{sections.map((section, index) => (
      <SectionView section={section} first={index === 0} />))}</main>
  </>);
}
