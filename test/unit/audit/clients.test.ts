import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand, ListBucketsCommand } from '@aws-sdk/client-s3';
import { DescribeSecretCommand, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { DeleteQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { auditCalls } from '../../../lib/audit/allowed-calls';
import { assertAllowed, auditClients, lastSegment, NotReadOnlyError, orAbsent } from '../../../lib/audit/clients';
import { projectRoot } from '../../support/estate';

describe('assertAllowed', () => {
  test('admits a call on the list', () => {
    expect(() => assertAllowed(auditCalls, 'S3Client', 'GetBucketPolicyCommand')).not.toThrow();
  });

  test.each([
    ['S3Client', 'PutBucketPolicyCommand'],
    ['S3Client', 'GetObjectCommand'],
    ['SecretsManagerClient', 'GetSecretValueCommand'],
    ['SSMClient', 'GetParameterCommand'],
    ['DynamoDBClient', 'GetItemCommand'],
    ['DynamoDBClient', 'QueryCommand'],
    ['SQSClient', 'ReceiveMessageCommand'],
    ['ECSClient', 'UpdateServiceCommand'],
    // On the list of another client only.
    ['S3Client', 'DescribeSecretCommand'],
    ['S3Client', ''],
    ['', 'ListBucketsCommand'],
  ])('refuses %s %p', (client, command) => {
    expect(() => assertAllowed(auditCalls, client, command)).toThrow(NotReadOnlyError);
  });
});

describe('the list of allowed calls', () => {
  const folder = join(projectRoot, 'lib', 'audit');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const source = files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
  const used = new Set(
    [...source.matchAll(/\b(?:paginate([A-Z]\w+)|([A-Z]\w+)Command)\b/g)].map(([, page, command]) => page ?? command),
  );
  // Types of answers end like commands do.
  const listed = Object.values(auditCalls).flat();

  test('holds every call that the audit makes', () => {
    const sent = [...source.matchAll(/new ([A-Z]\w+)Command\(/g)].map(([, command = '']) => command);
    const paged = [...source.matchAll(/paginate([A-Z]\w+)\(/g)].map(([, command = '']) => command);
    expect(sent.length).toBeGreaterThan(30);
    expect([...sent, ...paged].filter((command) => !listed.includes(command))).toEqual([]);
  });

  test('holds nothing that the audit does not call', () => {
    expect(listed.filter((command) => !used.has(command))).toEqual([]);
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
