import { createRequire } from 'node:module';
import { buffer } from 'node:stream/consumers';

interface Archive extends NodeJS.ReadableStream {
  append(content: string, entry: { readonly name: string; readonly date: Date }): Archive;
  finalize(): Promise<void>;
}

/** A package for Lambda with one file, the same bytes each time. */
export async function zipOf(name: string, content: string): Promise<Buffer> {
  // The package has no types, and only a rehearsal needs it: a command line that is one file does without.
  const archiver = createRequire(__filename)('archiver') as (format: 'zip') => Archive;
  const archive = archiver('zip').append(content, { name, date: new Date(0) });
  const [bytes] = await Promise.all([buffer(archive), archive.finalize()]);
  return bytes;
}
