import { TraceError } from '../../base/errors.js';
import type { ImportContext, Importer } from '../importer.js';
import type { RecordingInfo } from '../kernel_text/recording/header.js';
import { isRecording, readText, type Source } from '../source.js';
import type { TraceHeader } from '../trace.js';

/** info.json; a file that is no JSON object makes the recording unusable, none is none. */
async function readInfo(source: Source): Promise<RecordingInfo | undefined> {
  if (!source.names.includes('info.json')) return undefined;
  const position = { file: source.label('info.json'), line: 0 };
  let info: unknown;
  try {
    info = JSON.parse(await readText(source, 'info.json'));
  } catch (error) {
    if (error instanceof TraceError) throw error;
    throw new TraceError(position, `is no JSON: ${(error as Error).message}`);
  }
  if (typeof info !== 'object' || info === null || Array.isArray(info)) {
    throw new TraceError(position, 'expected an object with name, kernel and steps');
  }
  return info;
}

export default {
  id: 'recording',
  doc: 'A recording: a folder or .tar.gz of info.json, trace.txt, dmesg.txt and snapshots; or of ' +
    'trace.txt and dmesg.txt alone.',
  made_by: 'mmreplay record',
  sniff: ({ names }) => (isRecording(names) ? 1 : 0),
  async read(source: Source, context: ImportContext): Promise<Partial<TraceHeader>> {
    const info = await readInfo(source);
    // Half of the importers' code: loaded only when it is needed.
    const { RecordingReader } = await import('../kernel_text/recording/recording.js');
    return new RecordingReader(source, info, context).read();
  },
} satisfies Importer;
