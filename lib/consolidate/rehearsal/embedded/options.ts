import { dummySecretKey } from '../../../rehearsal/loopback';
import type { ClientOptions } from '../../aws/clients';

/** Options of clients of an embedded AWS, whose access key is the account. */
export const embeddedOptions = (place: {
  readonly awsUrl: string;
  readonly account: string;
  readonly region: string;
}): ClientOptions => ({
  endpoint: place.awsUrl,
  region: place.region,
  credentials: { accessKeyId: place.account, secretAccessKey: dummySecretKey },
});
