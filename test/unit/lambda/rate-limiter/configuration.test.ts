import { readConfiguration } from '../../../../lambda/huntaze-rate-limiter/configuration';

const minimal = { QUEUE_URL: 'https://queue', REDIS_HOST: 'redis.example', REGION: 'us-east-1' };

test('minimal: the defaults of the deployed source', () => {
  expect(readConfiguration(minimal)).toEqual({
    queueUrl: 'https://queue',
    region: 'us-east-1',
    redis: { host: 'redis.example', port: 6379, tls: false, authSecret: undefined },
    limits: {
      global: { capacity: 10, tokensPerWindow: 10, windowSeconds: 60 },
      user: { capacity: 3, tokensPerWindow: 10, windowSeconds: 60 },
    },
    sendQueueUrl: undefined,
  });
});

test('maximum: every variable', () => {
  expect(
    readConfiguration({
      ...minimal,
      REDIS_PORT: '6380',
      BUCKET_CAPACITY: '50',
      TOKENS_PER_WINDOW: '100',
      WINDOW_SECONDS: '10',
      REDIS_TLS: 'true',
      REDIS_AUTH_TOKEN_SECRET_ARN: 'redis/auth',
      USER_BUCKET_CAPACITY: '5',
      USER_TOKENS_PER_WINDOW: '20',
      SEND_QUEUE_URL: 'https://send',
    }),
  ).toEqual({
    queueUrl: 'https://queue',
    region: 'us-east-1',
    redis: { host: 'redis.example', port: 6380, tls: true, authSecret: 'redis/auth' },
    limits: {
      global: { capacity: 50, tokensPerWindow: 100, windowSeconds: 10 },
      user: { capacity: 5, tokensPerWindow: 20, windowSeconds: 10 },
    },
    sendQueueUrl: 'https://send',
  });
});

test("a user's burst is never above everybody's", () => {
  expect(readConfiguration({ ...minimal, BUCKET_CAPACITY: '2' }).limits.user.capacity).toBe(2);
});

describe('throws when', () => {
  test.each([
    ['everything is missing', {}, /QUEUE_URL, REDIS_HOST, REGION/],
    ['the region is missing', { ...minimal, REGION: ' ' }, /REGION/],
    ['a figure is zero', { ...minimal, BUCKET_CAPACITY: '0' }, /BUCKET_CAPACITY.*got: 0\. Set it to 10/],
    ['a figure is no number', { ...minimal, WINDOW_SECONDS: '1m' }, /WINDOW_SECONDS.*got: 1m/],
    ['a figure is broken', { ...minimal, TOKENS_PER_WINDOW: '0.5' }, /TOKENS_PER_WINDOW.*got: 0\.5/],
    ['TLS is neither on nor off', { ...minimal, REDIS_TLS: 'yes' }, /REDIS_TLS.*got: yes/],
  ])('%s', (_, environment, message) => {
    expect(() => readConfiguration(environment)).toThrow(message);
  });
});
