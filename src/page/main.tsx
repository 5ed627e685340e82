/** The page: finds its data in the document, shows it, follows the address. */
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ExplorePage, PageData } from '../report/page_data.js';
import { SectionView } from './blocks.js';
import { ExploredView } from './explored_view.js';
import { Head } from './head.js';
import { Matrix } from './matrix.js';
import { hashOf, placeOf, type Place } from './place.js';
import { TraceView } from './trace_view.js';
import './page.css';

function Page({ data }: { readonly data: PageData }) {
  const [place, setPlace] = useState(placeOf(location.hash));
  useEffect(() => {
    const follow = (): void => setPlace(placeOf(location.hash));
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }, []);
  const go = (next: Place): void => {
    history.replaceState(undefined, '', hashOf(next));
    setPlace(next);
  };
  const alone = data.traces.length === 1;
  const trace = alone ? data.traces[0] : data.traces.find(({ name }) => name === place.trace);
  return <>
    <Head tool={data.tool} />
    <main>
      {data.troubles.length > 0 && <section role="alert"><h2>Could not be used</h2>
        <ul>{data.troubles.map((text) => <li>{text}</li>)}</ul></section>}
      {trace === undefined && <h1>Report</h1>}
      {trace === undefined && data.summary.map((section) => <SectionView section={section} />)}
      {trace === undefined && <Matrix traces={data.traces} />}
      {trace !== undefined && <TraceView key={trace.name} trace={trace} place={place}
        onPlace={go} />}
    </main>
  </>;
}

/** On paper nothing can be opened. */
function openForPrint(): void {
  window.addEventListener('beforeprint', () => {
    for (const one of document.querySelectorAll('details')) one.open = true;
  });
}

/** `mmreplay view` says when what it shows has changed. */
function followServer(): void {
  if (location.protocol !== 'http:') return;
  const source = new EventSource('changes');
  source.addEventListener('changed', () => location.reload());
}

const data = JSON.parse(document.getElementById('data')?.textContent ?? 'null') as
  PageData | ExplorePage;
const place = document.getElementById('page');
// The answer stands there while the data is read, and where no script runs.
place?.replaceChildren();
if (place !== null) render(data.kind === 'report' ? <Page data={data} />
  : <><Head tool={data.tool} /><main><ExploredView page={data} /></main></>, place);
openForPrint();
followServer();
