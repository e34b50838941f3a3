import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertLoopback, dummySecretKey } from '../../../lib/rehearsal/loopback';

const directory = mkdtempSync(join(tmpdir(), 'loopback-'));
const empty = join(directory, 'empty');
const filled = join(directory, 'filled');
writeFileSync(empty, '');
writeFileSync(filled, '[default]\naws_access_key_id = AKIAEXAMPLE\n');

afterAll(() => rmSync(directory, { recursive: true, force: true }));

const minimal = {
  AWS_ACCESS_KEY_ID: '317805897534',
  AWS_SECRET_ACCESS_KEY: dummySecretKey,
  AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
  AWS_CONFIG_FILE: empty,
  AWS_SHARED_CREDENTIALS_FILE: empty,
};

test.each<[string, NodeJS.ProcessEnv]>([
  ['minimal', minimal],
  [
    'maximum',
    {
      ...minimal,
      PATH: '/usr/bin',
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ENDPOINT_URL_S3: 'http://localhost:4566',
      AWS_ENDPOINT_URL_S3_FOR_CLOUDFORMATION: 'http://[::1]:4566',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
  ],
])('%s environment passes', (_name, environment) => {
  expect(() => assertLoopback(environment)).not.toThrow();
});

test.each<[string, NodeJS.ProcessEnv, RegExp]>([
  ['no endpoint', { AWS_ENDPOINT_URL: undefined }, /AWS_ENDPOINT_URL is missing/],
  [
    'endpoint of AWS',
    { AWS_ENDPOINT_URL: 'https://sqs.us-east-1.amazonaws.com' },
    /must be a loopback address, got: https/,
  ],
  ['endpoint of one service', { AWS_ENDPOINT_URL_SQS: 'https://example.com' }, /AWS_ENDPOINT_URL_SQS is not one of/],
  ['address in the host name', { AWS_ENDPOINT_URL: 'http://127.0.0.1.example.com' }, /must be a loopback address/],
  ['address in the user part', { AWS_ENDPOINT_URL: 'http://127.0.0.1@example.com' }, /must be a loopback address/],
  ['not an address', { AWS_ENDPOINT_URL: 'emulator' }, /must be a loopback address, got: emulator/],
  ['profile', { AWS_PROFILE: 'production' }, /AWS_PROFILE is not one of the rehearsal's own variables\. Unset it/],
  ['session token', { AWS_SESSION_TOKEN: 'secret' }, /AWS_SESSION_TOKEN is not one of/],
  ['role of a web identity', { AWS_ROLE_ARN: 'arn:aws:iam::1:role/ci' }, /AWS_ROLE_ARN is not one of/],
  ['real access key', { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE' }, /AWS_ACCESS_KEY_ID must be the account/],
  [
    'secret key of the caller',
    { AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI' },
    /AWS_SECRET_ACCESS_KEY is not the rehearsal's/,
  ],
  ['proxy', { https_proxy: 'http://proxy.example.com' }, /https_proxy would carry requests off this machine/],
  ['configuration with content', { AWS_CONFIG_FILE: filled }, /AWS_CONFIG_FILE must name an empty file/],
  [
    'no credentials file',
    { AWS_SHARED_CREDENTIALS_FILE: undefined },
    /AWS_SHARED_CREDENTIALS_FILE must name an existing/,
  ],
])('throws when there is: %s', (_name, change, message) => {
  expect(() => assertLoopback({ ...minimal, ...change })).toThrow(message);
});

test('no credential shows in an error', () => {
  const act = () => assertLoopback({ ...minimal, AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI' });
  expect(act).toThrow(expect.not.stringContaining('wJalrXUtnFEMI'));
});
