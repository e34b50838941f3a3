import { AnswerLost, OutcomeUnknown, Refused } from '../shared/publishing/failures';
import type { Asset, PostContent } from '../shared/publishing/post';
import { type Publisher, type PublishJob, type PublishOutcome, waitFor } from '../shared/publishing/publisher';
import { type Container, GraphApi, type Media } from './graph-api';

/** What the next run must know: the container is both the work done so far and the proof that it is published once. */
export interface InstagramProgress {
  readonly containerId: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Set before the call that publishes. */
  readonly publishing?: boolean;
}

/** Instagram asks to look at a container once a minute at most. */
const processingPause = 60;
/** Most containers are done sooner than the first minute. */
const firstProcessingPause = 20;
const longestProcessingMs = 60 * 60_000;
/** Seconds until the platform has settled what became of a publish call whose answer was lost. */
const settlingPause = 15;
/** Graph code of an object that is not there, or not there for this token. */
const noSuchObject = '100';
/** Graph code of a container that says it is finished before it is. */
const mediaNotReady = '9007';

export interface InstagramOptions {
  readonly baseUrl: string;
  /** A link from which Instagram can fetch a file of the upload bucket. */
  readonly linkTo: (key: string) => Promise<string>;
}

export function instagramPublisher({ baseUrl, linkTo }: InstagramOptions): Publisher<InstagramProgress> {
  return {
    platform: 'instagram',
    publish: async (job) => {
      const { accountId, accessToken } = job.token;
      if (!accountId) {
        throw new Refused(
          `The token of user ${job.content.userId} names no Instagram account, got no accountId. Connect it again.`,
          'no_account',
        );
      }
      const graph = new GraphApi(job, baseUrl, { accountId, accessToken });
      const progress = job.progress ?? (await createContainer(graph, job, linkTo));
      return advance(graph, job, progress);
    },
  };
}

async function createContainer(
  graph: GraphApi,
  { content, save }: PublishJob<InstagramProgress>,
  linkTo: InstagramOptions['linkTo'],
): Promise<InstagramProgress> {
  if (!content.asset) {
    throw new Refused(
      `Instagram takes pictures and videos only, got a post without assets: ${content.postId}.`,
      'no_asset',
    );
  }
  const containerId = await graph.createContainer({
    link: await linkOf(content.asset, linkTo),
    video: content.asset.video,
    caption: content.caption,
  });
  const progress = { containerId, createdAt: Date.now() };
  await save(progress);
  return progress;
}

async function linkOf(asset: Asset, linkTo: InstagramOptions['linkTo']): Promise<string> {
  return 'url' in asset ? asset.url : linkTo(asset.key);
}

async function advance(
  graph: GraphApi,
  job: PublishJob<InstagramProgress>,
  progress: InstagramProgress,
): Promise<PublishOutcome> {
  const { containerId, createdAt } = progress;
  const container = await containerOf(graph, job, progress);
  if (!container) return goneContainer(graph, job.content, progress);
  switch (container.status_code) {
    case 'PUBLISHED':
      return published(graph, job.content, progress);
    case 'FINISHED':
      return publish(graph, job, progress);
    case 'IN_PROGRESS': {
      const age = Date.now() - createdAt;
      if (age <= longestProcessingMs) {
        return waitFor(age < 5_000 ? firstProcessingPause : processingPause, 'Instagram processes the file');
      }
      break;
    }
    case 'ERROR':
    case 'EXPIRED':
      break;
  }
  await job.save(undefined);
  throw new Refused(
    `Instagram did not finish container ${containerId}, got: ${container.status_code} ${container.status ?? ''}. ` +
      'Look at the file: its form, length and size.',
    container.status_code,
  );
}

/** @returns undefined when the container is gone although it may have been published. */
async function containerOf(
  graph: GraphApi,
  { save }: PublishJob<InstagramProgress>,
  { containerId, publishing }: InstagramProgress,
): Promise<Container | undefined> {
  try {
    return await graph.container(containerId);
  } catch (error) {
    if (!(error instanceof Refused && error.code === noSuchObject)) throw error;
    if (publishing) return undefined;
    await save(undefined);
    throw error;
  }
}

async function publish(
  graph: GraphApi,
  { save, content }: PublishJob<InstagramProgress>,
  progress: InstagramProgress,
): Promise<PublishOutcome> {
  await save({ ...progress, publishing: true });
  try {
    return { kind: 'posted', platformId: await graph.publish(progress.containerId) };
  } catch (error) {
    if (error instanceof AnswerLost) return waitFor(settlingPause, error.message);
    if (error instanceof Refused && error.code === mediaNotReady) return waitFor(processingPause, error.message);
    // Another run's call may have been the first, so that this one came too late.
    if (error instanceof Refused && (await graph.container(progress.containerId)).status_code === 'PUBLISHED') {
      return published(graph, content, progress);
    }
    throw error;
  }
}

async function published(graph: GraphApi, content: PostContent, progress: InstagramProgress): Promise<PublishOutcome> {
  const media = await findMedia(graph, content, progress);
  // That it is out is certain; only its own id is not, where its author has changed the caption since.
  return { kind: 'posted', platformId: media?.id ?? progress.containerId, url: media?.permalink };
}

async function goneContainer(
  graph: GraphApi,
  content: PostContent,
  progress: InstagramProgress,
): Promise<PublishOutcome> {
  const media = await findMedia(graph, content, progress);
  if (media) return { kind: 'posted', platformId: media.id, url: media.permalink };
  throw new OutcomeUnknown(
    `Container ${progress.containerId} of post ${content.postId} is gone after it was asked to be published, got no ` +
      'media with its caption. Look at the account; delete the claim to publish again.',
  );
}

/** The media of a published container: the container does not say it, the account's latest media do. */
async function findMedia(
  graph: GraphApi,
  { caption = '' }: PostContent,
  { createdAt }: InstagramProgress,
): Promise<Media | undefined> {
  return (await graph.recentMedia())
    .filter(({ timestamp }) => Date.parse(timestamp) >= createdAt - 60_000)
    .find((media) => (media.caption ?? '').trim() === caption.trim());
}
