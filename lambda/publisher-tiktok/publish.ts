import { AnswerLost, OutcomeUnknown, Refused } from '../shared/publishing/failures';
import type { Asset, PostContent } from '../shared/publishing/post';
import { type Publisher, type PublishJob, type PublishOutcome, waitFor } from '../shared/publishing/publisher';
import { type ChunkPlan, chunkAfter, planChunks } from './chunks';
import { type PublishStatus, TikTokApi, type Upload } from './tiktok-api';
import type { VideoStore } from './video-store';

/** TikTok fetches a link, for which nobody can tell whether an unanswered request was read. */
export interface PullProgress {
  readonly mode: 'pull';
  /** Milliseconds since 1970, saved before the request. */
  readonly since: number;
  /** Absent while the request has no answer. */
  readonly publishId?: string;
  /** Looks for what a request without an answer may have done. */
  readonly looks?: number;
}

/** We send the bytes, whose arrival TikTok reports: an upload that was opened twice has one effect. */
export interface UploadProgress extends Upload, ChunkPlan {
  readonly mode: 'upload';
  readonly since: number;
  readonly key: string;
  readonly tag: string;
}

export type TikTokProgress = PullProgress | UploadProgress;

export type TikTokMode = 'pull' | 'upload';

/** UTF-16 units of a caption, TikTok's own limit. */
const longestCaption = 2200;
const processingPause = 30;
const longestProcessingMs = 2 * 3600_000;
/** Milliseconds that a chunk wants: with less left, the next run sends it. */
const chunkTimeMs = 20_000;
/** Seconds between two looks for a request without an answer, and how often. */
const lookPause = 120;
const mostLooks = 3;

export interface TikTokOptions {
  readonly baseUrl: string;
  /** For files of the upload bucket; what has an address of its own is always pulled. */
  readonly mode: TikTokMode;
  readonly videos: VideoStore;
}

export function tiktokPublisher({ baseUrl, mode, videos }: TikTokOptions): Publisher<TikTokProgress> {
  return {
    platform: 'tiktok',
    publish: async (job) => {
      const tiktok = new TikTokApi(job, baseUrl, job.token.accessToken);
      const { progress, content } = job;
      if (progress?.mode === 'upload') return resumeUpload(tiktok, job, progress, videos);
      if (progress?.publishId)
        return follow(job, progress.since, await tiktok.status(progress.publishId), progress.publishId);
      if (progress) return lookForLostPull(tiktok, job, progress);

      const asset = videoOf(content);
      if ('key' in asset && mode === 'upload') return startUpload(tiktok, job, asset.key, videos);
      return pull(tiktok, job, 'url' in asset ? asset.url : await videos.linkTo(asset.key));
    },
  };
}

function videoOf({ asset, postId }: PostContent): Asset {
  if (!asset?.video) throw new Refused(`TikTok takes videos only, got a post without one: ${postId}.`, 'no_video');
  return asset;
}

function captionOf({ caption = '' }: PostContent): string {
  return caption.slice(0, longestCaption);
}

async function pull(tiktok: TikTokApi, job: PublishJob<TikTokProgress>, link: string): Promise<PublishOutcome> {
  const since = Date.now();
  await job.save({ mode: 'pull', since });
  let publishId: string;
  try {
    publishId = await tiktok.pullFrom(link, captionOf(job.content));
  } catch (error) {
    if (error instanceof AnswerLost) return waitFor(lookPause, error.message);
    await job.save(undefined);
    throw error;
  }
  await job.save({ mode: 'pull', since, publishId });
  return waitFor(processingPause, 'TikTok fetches the video');
}

/**
 * A pull whose publish id was lost cannot be asked for, and what it put into the inbox is in no list; only what the
 * creator has published from there is. Asking TikTok to pull again would make a second draft.
 */
async function lookForLostPull(
  tiktok: TikTokApi,
  { content, save }: PublishJob<TikTokProgress>,
  progress: PullProgress,
): Promise<PublishOutcome> {
  const caption = captionOf(content).trim();
  const videos = await tiktok.recentVideos().catch((error: unknown) => {
    // Not every token may list videos.
    if (error instanceof Refused) return [];
    throw error;
  });
  const found = videos.find(
    ({ create_time, video_description = '' }) =>
      create_time * 1000 >= progress.since - 60_000 && video_description.trim() === caption,
  );
  if (found) return { kind: 'posted', platformId: found.id, url: found.share_url };
  const looks = (progress.looks ?? 0) + 1;
  await save({ ...progress, looks });
  if (looks < mostLooks) return waitFor(lookPause, 'TikTok may have taken the video');
  throw new OutcomeUnknown(
    `TikTok may have fetched the video of post ${content.postId}, got no answer and no video after ${looks} looks. ` +
      'Look into the creator’s inbox; delete the claim to send it again.',
  );
}

async function startUpload(
  tiktok: TikTokApi,
  job: PublishJob<TikTokProgress>,
  key: string,
  videos: VideoStore,
): Promise<PublishOutcome> {
  const { size, tag } = await videos.describe(key);
  const plan = planChunks(size);
  const upload = await tiktok.openUpload(plan, captionOf(job.content));
  const progress: UploadProgress = { mode: 'upload', since: Date.now(), key, tag, ...plan, ...upload };
  await job.save(progress);
  return sendFrom(tiktok, job, { progress, videos, uploadedBytes: 0 });
}

async function resumeUpload(
  tiktok: TikTokApi,
  job: PublishJob<TikTokProgress>,
  progress: UploadProgress,
  videos: VideoStore,
): Promise<PublishOutcome> {
  const status = await tiktok.status(progress.publishId);
  const { uploaded_bytes: uploadedBytes = 0 } = status;
  return status.status === 'PROCESSING_UPLOAD' && uploadedBytes < progress.size
    ? sendFrom(tiktok, job, { progress, videos, uploadedBytes })
    : follow(job, progress.since, status, progress.publishId);
}

async function sendFrom(
  tiktok: TikTokApi,
  job: PublishJob<TikTokProgress>,
  { progress, videos, uploadedBytes }: { progress: UploadProgress; videos: VideoStore; uploadedBytes: number },
): Promise<PublishOutcome> {
  let chunk = chunkAfter(progress, uploadedBytes);
  while (chunk) {
    if (job.deadline.remainingMs() < chunkTimeMs) return waitFor(0, 'the rest of the video goes with the next run');
    try {
      const { key, tag, uploadUrl, size } = progress;
      const body = await videos.read(key, chunk, tag);
      await tiktok.sendChunk({ uploadUrl, contentType: contentTypeOf(key), chunk, size, body });
    } catch (error) {
      if (error instanceof AnswerLost) return waitFor(1, error.message);
      // The address is no longer good, or the file is another: TikTok drops an upload that never ends, so the next run
      // opens a new one.
      if (error instanceof Refused || isFileReplaced(error)) await job.save(undefined);
      throw error;
    }
    chunk = chunkAfter(progress, chunk.last + 1);
  }
  return waitFor(processingPause, 'TikTok processes the video');
}

/** TikTok takes three forms; `m4v` is MP4 by another name. */
function contentTypeOf(key: string): string {
  if (/\.mov$/i.test(key)) return 'video/quicktime';
  return /\.webm$/i.test(key) ? 'video/webm' : 'video/mp4';
}

function isFileReplaced(error: unknown): boolean {
  return error instanceof Error && error.name === 'PreconditionFailed';
}

async function follow(
  { save, content }: PublishJob<TikTokProgress>,
  since: number,
  status: PublishStatus,
  publishId: string,
): Promise<PublishOutcome> {
  switch (status.status) {
    case 'SEND_TO_USER_INBOX':
    case 'PUBLISH_COMPLETE':
      return { kind: 'posted', platformId: String(status.publicaly_available_post_id?.[0] ?? publishId) };
    case 'PROCESSING_UPLOAD':
    case 'PROCESSING_DOWNLOAD':
      if (Date.now() - since <= longestProcessingMs) return waitFor(processingPause, 'TikTok processes the video');
      throw new OutcomeUnknown(
        `TikTok still processes the video of post ${content.postId}, got: ${status.status} of ${publishId}. ` +
          'Look into the creator’s inbox.',
      );
    case 'FAILED':
      await save(undefined);
      throw new Refused(
        `TikTok did not take the video of post ${content.postId}, got: ${status.fail_reason ?? 'no reason'}.`,
        status.fail_reason ?? 'unknown',
      );
  }
}
