import { S3Client } from '@aws-sdk/client-s3';
import { callLimits } from '../shared/clients';
import { publisherHandler } from '../shared/publishing/handler';
import { readConfiguration } from './configuration';
import { tiktokPublisher } from './publish';
import { videoStore } from './video-store';

const s3 = new S3Client(callLimits);

/** Puts videos into creators' TikTok inboxes. */
export const handler = publisherHandler({
  serviceName: 'publisher-tiktok',
  configure: (environment) => {
    const configuration = readConfiguration(environment);
    const { baseUrl, mode, bucket } = configuration;
    return { configuration, publisher: tiktokPublisher({ baseUrl, mode, videos: videoStore(s3, bucket) }) };
  },
});
