import * as z from 'zod/mini';
import { AnswerLost, RateLimited, Refused } from '../shared/publishing/failures';
import { bodyOf, redacted } from '../shared/publishing/http';
import { PlatformClient } from '../shared/publishing/platform-client';
import type { PublishJob } from '../shared/publishing/publisher';
import { retryAfterSeconds } from '../shared/publishing/retry-after';
import type { Chunk, ChunkPlan } from './chunks';

/** Seconds to wait when a limit does not say how long: TikTok counts by the minute. */
const defaultPause = 60;
/** Seconds to wait when the account has too many drafts: TikTok counts them over 24 hours. */
const pendingSharesPause = 3600;
/** Codes with which TikTok asks to come back later. */
const pauses: Readonly<Record<string, number>> = {
  rate_limit_exceeded: defaultPause,
  spam_risk_too_many_pending_share: pendingSharesPause,
  spam_risk_too_many_posts: pendingSharesPause,
};
/** Milliseconds that one chunk may take: 16 MB at half a megabyte a second. */
const chunkLimitMs = 35_000;

const failure = z.object({ error: z.object({ code: z.string(), message: z.optional(z.string()) }) });
const pulled = z.object({ data: z.object({ publish_id: z.string() }) });
const opened = z.object({ data: z.object({ publish_id: z.string(), upload_url: z.string() }) });
const status = z.object({
  data: z.object({
    status: z.enum(['PROCESSING_UPLOAD', 'PROCESSING_DOWNLOAD', 'SEND_TO_USER_INBOX', 'PUBLISH_COMPLETE', 'FAILED']),
    fail_reason: z.optional(z.string()),
    uploaded_bytes: z.optional(z.number()),
    // TikTok's own spelling; ids are larger than a number holds, so they come as text or rounded.
    publicaly_available_post_id: z.optional(z.array(z.union([z.string(), z.number()]))),
  }),
});
const videos = z.object({
  data: z.object({
    videos: z.array(
      z.object({
        id: z.string(),
        video_description: z.optional(z.string()),
        /** Seconds since 1970. */
        create_time: z.number(),
        share_url: z.optional(z.string()),
      }),
    ),
  }),
});

export type PublishStatus = z.infer<typeof status>['data'];
export type Video = z.infer<typeof videos>['data']['videos'][number];

export interface Upload {
  readonly publishId: string;
  /** Takes the bytes without a token, for an hour: as good as a secret. */
  readonly uploadUrl: string;
}

export interface ChunkUpload {
  readonly uploadUrl: string;
  readonly contentType: string;
  readonly chunk: Chunk;
  /** Bytes of the whole file. */
  readonly size: number;
  readonly body: ReadableStream<Uint8Array>;
}

/**
 * TikTok's content posting to a creator's inbox, where the creator finishes the post.
 * https://developers.tiktok.com/doc/content-posting-api-reference-upload-video
 *
 * Every call throws NotSent, AnswerLost, RateLimited or Refused.
 */
export class TikTokApi {
  private readonly client: PlatformClient;

  constructor(
    job: Pick<PublishJob<unknown>, 'correlationId' | 'deadline'>,
    private readonly baseUrl: string,
    private readonly accessToken: string,
  ) {
    this.client = new PlatformClient(job, {});
  }

  /** Hands TikTok a link to fetch: the video is on its way as soon as TikTok has read this. */
  async pullFrom(link: string, caption: string): Promise<string> {
    const body = { post_info: { title: caption }, source_info: { source: 'PULL_FROM_URL', video_url: link } };
    return (await this.post(pulled, '/v2/post/publish/inbox/video/init/', body)).data.publish_id;
  }

  /** Opens an upload, which has no effect before its last byte. */
  async openUpload({ size, chunkSize, chunkCount }: ChunkPlan, caption: string): Promise<Upload> {
    const { data } = await this.post(opened, '/v2/post/publish/inbox/video/init/', {
      post_info: { title: caption },
      source_info: {
        source: 'FILE_UPLOAD',
        video_size: size,
        chunk_size: chunkSize,
        total_chunk_count: chunkCount,
      },
    });
    return { publishId: data.publish_id, uploadUrl: data.upload_url };
  }

  async sendChunk({ uploadUrl, contentType, chunk: { first, last }, size, body }: ChunkUpload): Promise<void> {
    const answer = await this.client.call({
      method: 'PUT',
      url: new URL(uploadUrl),
      headers: {
        'content-type': contentType,
        'content-length': String(last - first + 1),
        'content-range': `bytes ${first}-${last}/${size}`,
      },
      body,
      limitMs: chunkLimitMs,
    });
    if (answer.status >= 200 && answer.status < 300) return;
    const said = `TikTok did not take bytes ${first}-${last}, got: status ${answer.status}`;
    if (answer.status === 429)
      throw new RateLimited(said, retryAfterSeconds(answer.headers, Date.now()) ?? defaultPause);
    // 416 as well: TikTok has other bytes than we think, so it has to be asked.
    if (answer.status >= 500 || answer.status === 416) throw new AnswerLost(said);
    throw new Refused(said, String(answer.status));
  }

  async status(publishId: string): Promise<PublishStatus> {
    return (await this.post(status, '/v2/post/publish/status/fetch/', { publish_id: publishId })).data;
  }

  /** The creator's latest videos, 20 at most. */
  async recentVideos(): Promise<Video[]> {
    const path = '/v2/video/list/?fields=id,video_description,create_time,share_url';
    return (await this.post(videos, path, { max_count: 20 })).data.videos;
  }

  private async post<T>(schema: z.ZodMiniType<T>, path: string, body: object): Promise<T> {
    const answer = await this.client.call({
      method: 'POST',
      url: new URL(`${this.baseUrl}${path}`),
      headers: { authorization: `Bearer ${this.accessToken}`, 'content-type': 'application/json; charset=UTF-8' },
      body: JSON.stringify(body),
    });
    const { code, message = '' } = bodyOf(failure, answer, 'TikTok').error;
    if (code === 'ok' && answer.status === 200) return bodyOf(schema, answer, 'TikTok');
    const said = `TikTok refused, got: ${code} ${redacted(message, [this.accessToken])}`;
    const pause = pauses[code] ?? (answer.status === 429 ? defaultPause : undefined);
    if (pause !== undefined) throw new RateLimited(said, retryAfterSeconds(answer.headers, Date.now()) ?? pause);
    if (answer.status >= 500) throw new AnswerLost(said);
    throw new Refused(said, code);
  }
}
