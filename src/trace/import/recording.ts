import type { ImportContext, Importer } from '../importer.js';
import { isRecording, readText, type Source } from '../source.js';
import type { TraceHeader } from '../trace.js';
import type { RecordingInfo } from '../kernel_text/recording/recording_info.js';

/** info.json; a file that is not as it should be makes the recording unusable, none is none. */
async function readInfo(source: Source): Promise<RecordingInfo | undefined> {
  if (!source.names.includes('info.json')) return undefined;
  const { parseRecordingInfo } = await import('../kernel_text/recording/info.js');
  return parseRecordingInfo(source.label('info.json'), await readText(source, 'info.json'));
}

export default {
  id: 'recording',
  doc: 'A recording: a folder or .tar.gz of info.json, trace.txt, dmesg.txt and snapshots; or of ' +
    'trace.txt and dmesg.txt alone.',
  made_by: 'mmreplay record',
  hasBoots: true,
  sniff: ({ names }) => (isRecording(names) ? 1 : 0),
  async read(source: Source, context: ImportContext): Promise<Partial<TraceHeader>> {
    const info = await readInfo(source);
    // Half of the importers' code: loaded only when it is needed.
    const { RecordingReader } = await import('../kernel_text/recording/recording.js');
    return new RecordingReader(source, info, context).read();
  },
} satisfies Importer;
