import { brotliCompressSync } from 'node:zlib';
import { handler } from '../../../../lambda/huntaze-origin-response/handler';
import { originResponse, plain } from '../support/cloudfront';
import { captureOutput } from '../support/invocation';

const respond = async (
  response: Parameters<typeof originResponse>[0],
  request?: Parameters<typeof originResponse>[1],
): Promise<Record<string, string>> => plain((await handler(originResponse(response, request))).headers);

describe('security headers', () => {
  test.each(['200', '404', '503'])('on every answer: %s', async (status) => {
    expect(await respond({ status })).toMatchObject({
      'strict-transport-security': 'max-age=63072000; includeSubDomains; preload',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'x-xss-protection': '0',
      'referrer-policy': 'strict-origin-when-cross-origin',
      'permissions-policy': 'geolocation=(), microphone=(), camera=()',
    });
  });

  test('the content security policy admits the site itself alone', async () => {
    const { 'content-security-policy': policy = '' } = await respond({
      headers: { 'Content-Security-Policy': 'default-src *' },
    });
    expect(policy.split('; ')).toContain("default-src 'self'");
    expect(policy).not.toMatch(/unsafe-eval|unsafe-inline|\*|https?:/);
  });
});

describe('nothing that cannot work', () => {
  test('a body is not touched, not even announced as compressed', async () => {
    const event = originResponse(
      { headers: { 'Content-Type': 'text/css' } },
      { headers: { 'Accept-Encoding': 'br', 'X-AB-Variant': 'A' } },
    );
    const body = 'a { color: red } '.repeat(100);
    Object.assign(event.Records[0]?.cf.response ?? {}, { body });
    expect(brotliCompressSync(body).length).toBeLessThan(body.length * 0.9);
    const result = await handler(event);
    expect(result).toHaveProperty('body', body);
    expect(result).not.toHaveProperty('bodyEncoding');
    expect(result.headers).not.toHaveProperty('content-encoding');
  });

  test('no preload of files that the page may not use; the origin’s own links stay', async () => {
    const html = { 'Content-Type': 'text/html' };
    expect(await respond({ headers: html })).not.toHaveProperty('link');
    expect(await respond({ headers: { ...html, Link: '</a.css>; rel=preload' } })).toMatchObject({
      link: '</a.css>; rel=preload',
    });
  });

  test('the time taken is measured', async () => {
    expect((await respond({}))['server-timing']).toMatch(/^edge;dur=\d+\.\d{2}$/);
  });
});

describe('cross-origin reading', () => {
  test.each(['application/json', 'text/html', 'image/png'])('is not opened to everybody: %s', async (type) => {
    const headers = await respond({ headers: { 'Content-Type': type } });
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  test('is what the origin says', async () => {
    const origin = 'https://app.huntaze.com';
    expect(await respond({ headers: { 'Access-Control-Allow-Origin': origin } })).toMatchObject({
      'access-control-allow-origin': origin,
    });
  });
});

describe('variant cookie', () => {
  const variant = { headers: { 'X-AB-Variant': 'B' } };

  test('goes with a page, which no cache keeps', async () => {
    expect(await respond({ headers: { 'Content-Type': 'text/html' } }, variant)).toMatchObject({
      'cache-control': expect.stringContaining('no-store'),
      'set-cookie': 'ab_variant=B; Max-Age=31536000; Path=/; Secure; SameSite=Lax',
    });
  });

  test('leaves the page’s own cookies', async () => {
    const { headers } = await handler(
      originResponse({ headers: { 'Content-Type': 'text/html', 'Set-Cookie': 'a=1' } }, variant),
    );
    expect(headers['set-cookie']?.map(({ value }) => value.split(';')[0])).toEqual(['a=1', 'ab_variant=B']);
  });

  test.each([
    ['an image', { headers: { 'Content-Type': 'image/png' } }, variant],
    ['a style sheet', { headers: { 'Content-Type': 'text/css' } }, variant],
    ['data', { headers: { 'Content-Type': 'application/json' } }, variant],
    ['a file of another type', { headers: { 'Content-Type': 'font/woff2' } }, variant],
    ['an error page', { status: '404', headers: { 'Content-Type': 'text/html' } }, variant],
    ['a page for nobody’s variant', { headers: { 'Content-Type': 'text/html' } }, {}],
    [
      'a page for a variant that is none',
      { headers: { 'Content-Type': 'text/html' } },
      { headers: { 'X-AB-Variant': 'B; Domain=.com' } },
    ],
  ])('does not go with %s', async (_, response, request) => {
    expect(await respond(response, request)).not.toHaveProperty('set-cookie');
  });
});

test('cache rules reach the answer, and the origin’s word stays where there is none', async () => {
  expect(await respond({ headers: { 'Content-Type': 'image/png' } })).toMatchObject({
    'cache-control': 'public, max-age=31536000, immutable',
  });
  expect(
    await respond({ status: '404', headers: { 'Content-Type': 'image/png', 'Cache-Control': 'max-age=9' } }),
  ).toMatchObject({
    'cache-control': 'no-store',
  });
  expect(await respond({ headers: { 'Content-Type': 'font/woff2', 'Cache-Control': 'max-age=9' } })).toMatchObject({
    'cache-control': 'max-age=9',
  });
  const forwarded = { headers: { 'X-Auth-Token': 'a.b.c' } };
  expect(await respond({ headers: { 'Content-Type': 'application/json' } }, forwarded)).toMatchObject({
    'cache-control': expect.stringMatching(/^private/),
  });
});

test('a failure passes the answer on and logs no header', async () => {
  const output = captureOutput();
  try {
    const event = originResponse({ headers: { 'Content-Type': 'text/html' } });
    Object.assign(event.Records[0]?.cf ?? {}, { request: undefined });
    expect(await handler(event)).toMatchObject({ status: '200' });
    expect(output.lines()).toMatchObject([{ level: 'ERROR', correlation_id: 'edge-request-1', error: 'TypeError' }]);
  } finally {
    output.restore();
  }
});

test('an event without a record is no answer', async () => {
  await expect(handler({ Records: [] })).rejects.toThrow('got: none');
});
