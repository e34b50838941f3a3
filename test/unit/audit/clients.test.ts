import { CreateBucketCommand, ListBucketsCommand } from '@aws-sdk/client-s3';
import { DescribeSecretCommand, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { DeleteQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { assertReadOnly, auditClients, lastSegment, NotReadOnlyError, orAbsent } from '../../../lib/audit/clients';

describe('assertReadOnly', () => {
  test.each(['GetBucketPolicyCommand', 'ListQueuesCommand', 'DescribeSecretCommand', 'HeadBucketCommand'])(
    'admits %s',
    (name) => {
      expect(() => assertReadOnly(name)).not.toThrow();
    },
  );

  test.each([
    'PutBucketPolicyCommand',
    'DeleteQueueCommand',
    'UpdateServiceCommand',
    'ReceiveMessageCommand',
    'GetSecretValueCommand',
    'GetParameterCommand',
    'GetObjectCommand',
    '',
  ])('refuses %p', (name) => {
    expect(() => assertReadOnly(name)).toThrow(NotReadOnlyError);
  });
});

describe('the clients of the audit', () => {
  // Nothing listens on port 9: whatever gets that far fails with another error.
  const clients = auditClients({
    region: 'us-east-1',
    endpoint: 'http://127.0.0.1:9',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });

  test.each([
    ['CreateBucket', () => clients.s3.send(new CreateBucketCommand({ Bucket: 'new-bucket' }))],
    ['DeleteQueue', () => clients.sqs.send(new DeleteQueueCommand({ QueueUrl: 'http://127.0.0.1:9/1/q' }))],
    ['ReceiveMessage', () => clients.sqs.send(new ReceiveMessageCommand({ QueueUrl: 'http://127.0.0.1:9/1/q' }))],
    ['GetSecretValue', () => clients.secrets.send(new GetSecretValueCommand({ SecretId: 's' }))],
  ])('refuse %s before it leaves the machine', async (_name, send) => {
    await expect(send()).rejects.toThrow(NotReadOnlyError);
  });

  test.each([
    ['ListBuckets', () => clients.s3.send(new ListBucketsCommand({}), { abortSignal: AbortSignal.abort() })],
    [
      'DescribeSecret',
      () => clients.secrets.send(new DescribeSecretCommand({ SecretId: 's' }), { abortSignal: AbortSignal.abort() }),
    ],
  ])('let %s pass', async (_name, send) => {
    await expect(send()).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  });
});

describe('orAbsent', () => {
  const failure = (name: string) => Promise.reject(Object.assign(new Error('no'), { name }));

  test('is undefined for the named errors', async () => {
    await expect(orAbsent(failure('NoSuchBucket'), 'NotFound', 'NoSuchBucket')).resolves.toBeUndefined();
  });

  test('throws every other error: a denied read is not an absent resource', async () => {
    await expect(orAbsent(failure('AccessDenied'), 'NoSuchBucket')).rejects.toThrow('no');
  });
});

test.each([
  ['arn:aws:iam::111122223333:role/service/deployer', 'deployer'],
  ['arn:aws:sqs:us-east-1:111122223333:jobs.fifo', 'jobs.fifo'],
  ['http://127.0.0.1:4566/111122223333/jobs', 'jobs'],
  ['bare', 'bare'],
])('lastSegment of %s', (arn, expected) => {
  expect(lastSegment(arn)).toBe(expected);
});
