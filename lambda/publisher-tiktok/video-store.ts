import { GetObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { presignedLink } from '../shared/publishing/presigned-link';
import type { Chunk } from './chunks';

/** Videos in the upload bucket. */
export interface VideoStore {
  /** Bytes, and a tag that changes with the content. */
  describe(key: string): Promise<{ readonly size: number; readonly tag: string }>;
  /** A part of the video, as a stream; fails when the content is another than that of the tag. */
  read(key: string, chunk: Chunk, tag: string): Promise<ReadableStream<Uint8Array>>;
  linkTo(key: string): Promise<string>;
}

export function videoStore(client: S3Client, bucket: string): VideoStore {
  return {
    describe: async (key) => {
      const { ContentLength = 0, ETag = '' } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
      return { size: ContentLength, tag: ETag };
    },
    read: async (key, { first, last }, tag) => {
      const { Body } = await client.send(
        new GetObjectCommand({ Bucket: bucket, Key: key, Range: `bytes=${first}-${last}`, IfMatch: tag || undefined }),
      );
      if (!Body) throw new Error(`S3 gave no bytes ${first}-${last} of ${key}, got an empty answer. Try again.`);
      return Body.transformToWebStream() as ReadableStream<Uint8Array>;
    },
    linkTo: (key) => presignedLink(client, { bucket, key }),
  };
}
