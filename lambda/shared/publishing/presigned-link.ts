import {
  GetObjectCommand,
  type GetObjectCommandInput,
  type GetObjectCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { FinalizeRequestMiddleware, HttpRequest, RequestPresigner, RequestSigner } from '@smithy/types';

/** Seconds that a link given to a platform is good for, unless the credentials of its signer end sooner. */
const linkSeconds = 5400;

interface ObjectPlace {
  readonly bucket: string;
  readonly key: string;
}

/**
 * A link with which anybody can read one object. No call is made: the client's own steps build the request, and its own
 * signer signs it.
 */
export async function presignedLink(client: S3Client, { bucket, key }: ObjectPlace): Promise<string> {
  const command = new GetObjectCommand({ Bucket: bucket, Key: key });
  let link = '';
  const presignInsteadOfSending: FinalizeRequestMiddleware<GetObjectCommandInput, GetObjectCommandOutput> =
    () => async (args) => {
      const request = args.request as HttpRequest;
      const host = request.port === undefined ? request.hostname : `${request.hostname}:${request.port}`;
      // Only what the reader of the link sends as well.
      request.headers = { host, 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD' };
      const signer = (await client.config.signer()) as RequestSigner & RequestPresigner;
      const { protocol, path, query = {} } = await signer.presign(request, { expiresIn: linkSeconds });
      const url = new URL(`${protocol}//${host}${path}`);
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
      link = url.href;
      return { response: {}, output: { $metadata: {} } };
    };
  command.middlewareStack.addRelativeTo(presignInsteadOfSending, {
    relation: 'before',
    toMiddleware: 'awsAuthMiddleware',
    name: 'presignInsteadOfSending',
  });
  await client.send(command);
  return link;
}
