import {
  deviceOf,
  preferredEncoding,
  tokenOf,
  variantOf,
} from '../../../../lambda/huntaze-viewer-request/request-traits';
import { headersOf } from '../support/cloudfront';

test.each([
  [undefined, undefined],
  ['', undefined],
  ['identity', undefined],
  ['gzip', 'gzip'],
  ['gzip, deflate, br', 'br'],
  ['GZIP;q=0.5', 'gzip'],
  ['br;q=0, gzip', 'gzip'],
  ['br; q=0.000, gzip;q=0', undefined],
  ['zebra', undefined],
])('encoding of %s: %s', (header, encoding) => {
  expect(preferredEncoding(header)).toBe(encoding);
});

test.each([
  [undefined, 'desktop'],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0', 'desktop'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148', 'mobile'],
  ['Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/130.0 Mobile Safari/537.36', 'mobile'],
  ['Mozilla/5.0 (Linux; Android 15; SM-X910) Chrome/130.0 Safari/537.36', 'tablet'],
  ['Mozilla/5.0 (iPad; CPU OS 15_0 like Mac OS X) Mobile/15E148', 'tablet'],
  ['Mozilla/5.0 (Linux; Android 6.0.1) Mobile (compatible; Googlebot/2.1)', 'desktop'],
])('device of %s: %s', (userAgent, device) => {
  expect(deviceOf(userAgent)).toBe(device);
});

test.each([
  ['the cookie decides', 'ab_variant=B', '203.0.113.1', 'B'],
  ['the cookie decides against the address', 'ab_variant=A', '203.0.113.1', 'A'],
  ['another cookie does not', 'my_ab_variant=A', '203.0.113.1', 'B'],
  ['an unknown variant does not', 'ab_variant=Z', '203.0.113.1', 'B'],
  ['a longer value does not', 'ab_variant=AB', '203.0.113.1', 'B'],
  ['a neighbouring address', 'x=1', '203.0.113.2', 'A'],
])('variant: %s', (_, cookie, clientIp, variant) => {
  expect(variantOf({ headers: headersOf({ Cookie: cookie }), clientIp })).toBe(variant);
});

test('addresses spread over both variants', () => {
  const variants = Array.from({ length: 200 }, (_, i) => variantOf({ headers: {}, clientIp: `198.51.100.${i}` }));
  expect(variants.filter((variant) => variant === 'A').length).toBeGreaterThan(60);
  expect(variants.filter((variant) => variant === 'B').length).toBeGreaterThan(60);
});

test.each([
  ['nothing', {}, undefined],
  ['bearer', { Authorization: 'Bearer a.b.c' }, 'a.b.c'],
  ['the scheme in another case', { Authorization: 'bearer a.b.c' }, 'a.b.c'],
  ['cookie', { Cookie: 'x=1; auth_token=a.b.c' }, 'a.b.c'],
  ['bearer before cookie', { Authorization: 'Bearer a.b.c', Cookie: 'auth_token=d.e.f' }, 'a.b.c'],
  ['another scheme leaves the cookie', { Authorization: 'Basic dXNlcg==', Cookie: 'auth_token=d.e.f' }, 'd.e.f'],
  ['two words after the scheme', { Authorization: 'Bearer a b' }, undefined],
])('token: %s', (_, headers, token) => {
  expect(tokenOf(headersOf(headers))).toBe(token);
});
