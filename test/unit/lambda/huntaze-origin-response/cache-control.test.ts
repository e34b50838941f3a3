import { type Answer, cacheControlFor } from '../../../../lambda/huntaze-origin-response/cache-control';

const year = 'public, max-age=31536000, immutable';
const page = 'no-cache, no-store, must-revalidate';
const fiveMinutes = 'public, max-age=300, stale-while-revalidate=60';

const answer = (given: Partial<Answer>): Answer => ({
  status: 200,
  uri: '/x',
  setsCookie: false,
  authenticated: false,
  ...given,
});

test.each([
  ['image/png', year],
  ['image/svg+xml', year],
  ['text/css; charset=utf-8', year],
  ['text/javascript', year],
  ['application/javascript', year],
  ['application/x-javascript', year],
  ['Text/HTML; charset=utf-8', page],
  ['application/xhtml+xml', page],
  ['application/json', fiveMinutes],
  ['application/problem+json; charset=utf-8', fiveMinutes],
  ['font/woff2', undefined],
  ['text/plain', undefined],
  ['text/html-sandboxed', undefined],
  ['application/jsonp', undefined],
])('by type, %s: %s', (contentType, expected) => {
  expect(cacheControlFor(answer({ contentType }))).toBe(expected);
});

test.each([400, 401, 403, 404, 416, 429, 500, 503])('an error is never kept: %i', (status) => {
  for (const contentType of ['image/png', 'text/css', 'text/html', 'application/json', 'font/woff2', undefined]) {
    expect(cacheControlFor(answer({ status, contentType }))).toBe('no-store');
  }
});

test.each([
  ['a partial image', { status: 206, contentType: 'image/png' }, year],
  ['an unchanged script, which has no type', { status: 304, uri: '/app.js' }, year],
  ['an unchanged page', { status: 304, uri: '/index.html' }, page],
  ['an unchanged folder page', { status: 304, uri: '/' }, page],
  ['an unchanged document', { status: 304, uri: '/data.json' }, fiveMinutes],
  ['an unchanged file of unknown sort', { status: 304, uri: '/x' }, undefined],
  ['the type decides, not the path', { uri: '/image.png', contentType: 'text/html' }, page],
  ['a redirect', { status: 302, contentType: 'text/css' }, undefined],
  ['no content', { status: 204, contentType: 'application/json' }, undefined],
])('%s', (_, given, expected) => {
  expect(cacheControlFor(answer(given))).toBe(expected);
});

test.each([
  ['an image that sets a cookie', { contentType: 'image/png', setsCookie: true }, 'no-store'],
  [
    'data that the origin keeps private',
    { contentType: 'application/json', cacheControl: 'private, max-age=60' },
    undefined,
  ],
  ['data that the origin keeps out', { contentType: 'application/json', cacheControl: 'no-store' }, undefined],
  [
    'data that the origin would keep longer',
    { contentType: 'application/json', cacheControl: 'max-age=9999' },
    fiveMinutes,
  ],
  [
    'data for a known viewer',
    { contentType: 'application/json', authenticated: true },
    fiveMinutes.replace('public', 'private'),
  ],
  ['an image for a known viewer', { contentType: 'image/png', authenticated: true }, year],
])('personal: %s', (_, given, expected) => {
  expect(cacheControlFor(answer(given))).toBe(expected);
});
