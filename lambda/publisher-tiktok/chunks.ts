const megabyte = 1_000_000;
/** Between TikTok's least (5 MB) and most (64 MB) for a chunk that is not the last; 4 GB make 250 of its 1000 chunks. */
const chunkSize = 16 * megabyte;
/** Largest video that TikTok takes, in bytes. */
const largestVideo = 4_000_000_000;

/** How a file is cut: all chunks have `chunkSize` bytes but the last, which has the rest on top. */
export interface ChunkPlan {
  /** Bytes. */
  readonly size: number;
  readonly chunkSize: number;
  readonly chunkCount: number;
}

/**
 * Cuts a file by TikTok's rules: as many chunks as fit whole, the rest goes with the last, and what is too small for two
 * chunks is one. https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide
 *
 * @throws Error for an empty file and one above 4 GB.
 */
export function planChunks(size: number): ChunkPlan {
  if (!Number.isSafeInteger(size) || size < 1 || size > largestVideo) {
    throw new Error(`A video has 1 to ${largestVideo} bytes, got: ${size}. Choose another file.`);
  }
  const chunkCount = Math.max(1, Math.floor(size / chunkSize));
  return { size, chunkCount, chunkSize: chunkCount === 1 ? size : chunkSize };
}

export interface Chunk {
  readonly first: number;
  /** Inclusive, as in a Content-Range. */
  readonly last: number;
}

/** The chunk to send when so many bytes have arrived; a chunk that arrived in part is sent again. */
export function chunkAfter({ size, chunkSize, chunkCount }: ChunkPlan, uploadedBytes: number): Chunk | undefined {
  if (uploadedBytes >= size) return undefined;
  const index = Math.min(Math.floor(uploadedBytes / chunkSize), chunkCount - 1);
  const first = index * chunkSize;
  return { first, last: index === chunkCount - 1 ? size - 1 : first + chunkSize - 1 };
}
