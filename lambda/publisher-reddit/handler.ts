import { publishingEnvironment } from '../../lib/estate/environment-publishing';
import { baseUrl, readPublisherConfiguration } from '../shared/publishing/configuration';
import { publisherHandler } from '../shared/publishing/handler';
import { requiredSettings } from '../shared/settings';
import { redditPublisher } from './publish';

const { publisherReddit: names } = publishingEnvironment;

/** Publishes posts on Reddit: a link where the post's variant has an address, else a text. */
export const handler = publisherHandler({
  serviceName: 'publisher-reddit',
  configure: (environment) => ({
    configuration: readPublisherConfiguration(names, environment),
    publisher: redditPublisher({
      baseUrl: baseUrl(names.baseUrl, environment, 'https://oauth.reddit.com'),
      ...requiredSettings({ defaultSubreddit: names.defaultSubreddit }, environment),
    }),
  }),
});
