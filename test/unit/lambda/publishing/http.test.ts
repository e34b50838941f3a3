import { createServer } from 'node:net';
import * as z from 'zod/mini';
import { AnswerLost, describe as describeError, NotSent, Refused } from '../../../../lambda/shared/publishing/failures';
import { bodyOf, callPlatform, redacted } from '../../../../lambda/shared/publishing/http';
import { retryAfterSeconds } from '../../../../lambda/shared/publishing/retry-after';
import { type Fault, PlatformServer } from '../../../../lib/rehearsal/platforms/platform-server';

const secret = 'secret-of-this-test';

describe('callPlatform', () => {
  const platform = new PlatformServer([
    {
      name: 'any',
      method: 'GET',
      pattern: /^\//,
      handle: () => ({ body: { ok: true }, headers: { 'x-answer': '1' } }),
    },
  ]);
  beforeAll(() => platform.start());
  beforeEach(() => platform.clear());
  afterAll(() => platform.stop());

  /** A busy machine takes seconds for an answer that comes; only one that does not come is given up soon. */
  const call = (url: string, timeoutMs = 20_000) =>
    callPlatform({ method: 'GET', url: new URL(url), headers: { authorization: `Bearer ${secret}` }, timeoutMs });

  test('gives status, headers and text', async () => {
    const { status, headers, text } = await call(platform.url);
    expect([status, headers.get('x-answer'), text]).toEqual([200, '1', '{"ok":true}']);
  });

  test.each([
    ['a slow answer', { kind: 'slow', ms: 1000 }],
    ['a cut connection', { kind: 'cut-after' }],
    ['a connection cut before the platform acted', { kind: 'cut-before' }],
  ] as [string, Fault][])('%s: the platform may have acted', async (_name, fault) => {
    platform.fail('any', fault);
    const error = await call(`${platform.url}/a?access_token=${secret}`, 700).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AnswerLost);
    expect(String(error)).not.toContain(secret);
    expect(platform.requests).toHaveLength(1);
  });

  test('a body that stops half way', async () => {
    const server = createServer((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    await expect(call(`http://127.0.0.1:${port}`)).rejects.toBeInstanceOf(AnswerLost);
    server.close();
  });

  test('nobody listens: the platform cannot have acted', async () => {
    const gone = new PlatformServer([]);
    const url = await gone.start();
    await gone.stop();
    await expect(call(url)).rejects.toBeInstanceOf(NotSent);
  });

  test.each([
    ['the name does not exist', 'http://platform.invalid', 2000],
    ['no time is left', 'http://platform.invalid', 0],
  ])('%s: the platform cannot have acted', async (_name, url, timeoutMs) => {
    await expect(call(url, timeoutMs)).rejects.toBeInstanceOf(NotSent);
  });

  test('a redirect is not followed', async () => {
    platform.fail('any', { kind: 'answer', reply: { status: 307, headers: { location: '/other' }, body: '' } });
    expect((await call(platform.url)).status).toBe(307);
    expect(platform.requests).toHaveLength(1);
  });
});

describe('bodyOf', () => {
  const schema = z.object({ id: z.string() });
  const answer = (text: string) => ({ status: 200, headers: new Headers(), text });

  test('gives what the schema says', () => {
    expect(bodyOf(schema, answer('{"id":"1","more":2}'), 'It')).toEqual({ id: '1' });
  });

  test.each([
    ['no JSON', `<html>${secret}`, 'the whole body'],
    ['cut JSON', `{"id":"${secret}`, 'the whole body'],
    ['another form', `{"id":["${secret}"]}`, 'id'],
    ['nothing', '', 'the whole body'],
  ])('throws when it is %s, without repeating it', (_name, text, where) => {
    expect(() => bodyOf(schema, answer(text), 'It')).toThrow(AnswerLost);
    expect(() => bodyOf(schema, answer(text), 'It')).toThrow(`wrong at ${where}`);
    expect(() => bodyOf(schema, answer(text), 'It')).not.toThrow(secret);
  });
});

test.each([
  ['nothing', undefined, undefined],
  ['seconds', '120', 120],
  ['seconds with a fraction', '1.2', 2],
  ['zero', '0', 0],
  ['a date', 'Wed, 21 Oct 2015 07:28:30 GMT', 30],
  ['a date that has passed', 'Wed, 21 Oct 2015 07:27:00 GMT', 0],
  ['other words', 'soon', undefined],
  ['a negative figure', '-5', undefined],
])('Retry-After: %s', (_name, value, expected) => {
  const headers = new Headers(value === undefined ? {} : { 'retry-after': value });
  const seconds = retryAfterSeconds(headers, Date.parse('Wed, 21 Oct 2015 07:28:00 GMT'));
  // `Date.parse` takes "-5" for a year or month; what counts is that nobody waits for it.
  expect(seconds ?? 0).toBe(expected ?? 0);
});

test.each([
  ['every place', `a ${secret} b ${secret}`, 'a [redacted] b [redacted]'],
  ['at most 300 characters', 'x'.repeat(400), 'x'.repeat(300)],
])('redacted: %s', (_name, text, expected) => {
  expect(redacted(text, [undefined, '', secret])).toBe(expected);
});

test.each([
  ['one of ours', new Refused('words of ours', '190'), 'Refused: words of ours'],
  ['a plain error of ours', new Error('words'), 'Error: words'],
  ['an error of a library', new SyntaxError(`Unexpected ${secret}`), 'SyntaxError'],
  ['no error', secret, 'UnknownError'],
])('describe: %s', (_name, error, expected) => {
  expect(describeError(error)).toBe(expected);
});

test('describe: a malformed item is described by its places', () => {
  const { error } = z.object({ title: z.string() }).safeParse({ title: [secret] });
  expect(describeError(error)).toContain('wrong at title');
  expect(describeError(error)).not.toContain(secret);
});
