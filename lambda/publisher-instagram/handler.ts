import { S3Client } from '@aws-sdk/client-s3';
import { publishingEnvironment } from '../../lib/estate/environment-publishing';
import { callLimits } from '../shared/clients';
import { baseUrl, readPublisherConfiguration } from '../shared/publishing/configuration';
import { publisherHandler } from '../shared/publishing/handler';
import { presignedLink } from '../shared/publishing/presigned-link';
import { requiredSettings } from '../shared/settings';
import { instagramPublisher } from './publish';

const { publisherInstagram: names } = publishingEnvironment;
const s3 = new S3Client(callLimits);

/** Publishes posts on Instagram: a container per post, published once Instagram has processed its file. */
export const handler = publisherHandler({
  serviceName: 'publisher-instagram',
  configure: (environment) => {
    const { uploadBucket: bucket } = requiredSettings({ uploadBucket: names.uploadBucket }, environment);
    return {
      configuration: readPublisherConfiguration(names, environment),
      publisher: instagramPublisher({
        baseUrl: baseUrl(names.baseUrl, environment, 'https://graph.facebook.com'),
        linkTo: (key) => presignedLink(s3, { bucket, key }),
      }),
    };
  },
});
