import { baseUrl, readPublisherConfiguration } from '../../../../lambda/shared/publishing/configuration';
import { readMessage } from '../../../../lambda/shared/publishing/message';
import { publishingEnvironment } from '../../../../lib/estate/environment-publishing';

const names = publishingEnvironment.publisherReddit;
const tables = { POSTS_TABLE: 'p', PUBKEYS_TABLE: 'k', TOKENS_TABLE: 't' };

test.each([
  ['absent', undefined, false],
  ['empty', '', false],
  ['false', 'false', false],
  ['off', 'off', false],
  ['0', '0', false],
  ['true', 'true', true],
  ['TRUE', ' TRUE ', true],
  ['1', '1', true],
  ['on', 'on', true],
])('ENABLE_PUBLISH %s', (_name, value, publish) => {
  expect(readPublisherConfiguration(names, { ...tables, ENABLE_PUBLISH: value })).toEqual({
    publish,
    postsTable: 'p',
    pubkeysTable: 'k',
    tokensTable: 't',
  });
});

test('throws when ENABLE_PUBLISH is neither on nor off', () => {
  expect(() => readPublisherConfiguration(names, { ...tables, ENABLE_PUBLISH: 'ture' })).toThrow('got: ture');
});

test('throws when tables are missing, all at once', () => {
  expect(() => readPublisherConfiguration(names, { POSTS_TABLE: 'p' })).toThrow('PUBKEYS_TABLE, TOKENS_TABLE');
});

test.each([
  ['absent', undefined, 'https://real.example'],
  ['set', 'http://127.0.0.1:80/', 'http://127.0.0.1:80'],
])('base address %s', (_name, value, expected) => {
  expect(baseUrl('REDDIT_BASE', { REDDIT_BASE: value }, 'https://real.example')).toBe(expected);
});

test.each(['ftp://x', 'reddit.com', 'https://'])('throws when the base address is %s', (value) => {
  expect(() => baseUrl('REDDIT_BASE', { REDDIT_BASE: value }, 'https://real.example')).toThrow('REDDIT_BASE');
});

describe('readMessage', () => {
  const message = { userId: 'u', postId: 'p', platform: 'reddit' };
  const continuation = { turn: 1, startedAt: 1, notBefore: 1, failures: 0 };

  test.each([
    ['minimal: what the dispatcher sends', message],
    ['maximum: with a continuation', { ...message, continuation }],
  ])('%s', (_name, body) => {
    expect(readMessage(JSON.stringify(body), 'reddit')).toEqual(body);
  });

  test.each([
    ['it is no JSON', 'nonsense', 'must be JSON'],
    ['a field is missing', JSON.stringify({ userId: 'u', platform: 'reddit' }), 'postId'],
    ['a field is empty', JSON.stringify({ ...message, userId: '' }), 'userId'],
    ['it is for another platform', JSON.stringify({ ...message, platform: 'tiktok' }), 'got: tiktok'],
    ['its continuation is malformed', JSON.stringify({ ...message, continuation: { turn: 0 } }), 'continuation'],
  ])('throws when %s', (_name, body, said) => {
    expect(() => readMessage(body, 'reddit')).toThrow(said);
  });
});
