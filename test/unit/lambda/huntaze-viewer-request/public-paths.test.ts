import { isPublicPath } from '../../../../lambda/huntaze-viewer-request/public-paths';

test.each([
  '/login',
  '/login/',
  '/register',
  '/api/health',
  '/public',
  '/public/',
  '/public/logo.png',
  '/public/a/b/c.css',
  '/public/my%20file.png',
  '/public/%C3%A9t%C3%A9.png',
  '/public/...',
  '/public/.well-known/x',
])('open: %s', (uri) => {
  expect(isPublicPath(uri)).toBe(true);
});

test.each([
  ['the root', '/'],
  ['any other path', '/dashboard'],
  ['a longer word', '/loginx'],
  ['a longer word', '/publicity'],
  ['a longer word', '/public-admin/users'],
  ['a longer word', '/registered'],
  ['a longer word', '/api/healthz'],
  ['below a path that opens only itself', '/login/admin'],
  ['below a path that opens only itself', '/api/health/secrets'],
  ['the beginning of a public path', '/api'],
  ['a public path elsewhere', '/admin/public/x'],
  ['another case', '/LOGIN'],
  ['dot segments', '/public/../admin'],
  ['dot segments', '/public/./x'],
  ['dot segments', '/login/..'],
  ['encoded dots', '/public/%2e%2e/admin'],
  ['encoded dots', '/public/.%2E/admin'],
  ['an encoded slash', '/public/..%2fadmin'],
  ['an encoded slash', '/public%2f..%2fadmin'],
  ['twice encoded', '/public/%252e%252e/admin'],
  ['a double slash', '//public/x'],
  ['a double slash', '/public//admin'],
  ['a double slash', '/public//'],
  ['a backslash', '/public\\..\\admin'],
  ['an encoded backslash', '/public/..%5cadmin'],
  ['a path parameter', '/public/..;/admin'],
  ['a path parameter', '/login;x=1'],
  ['an encoded question mark', '/public/%3f/../admin'],
  ['an encoded hash', '/public/%23'],
  ['an encoded zero byte', '/login%00'],
  ['an encoded line break', '/public/%0d%0a'],
  ['a malformed escape', '/public/%zz'],
  ['malformed UTF-8', '/public/%c0%ae%c0%ae/admin'],
  ['no leading slash', 'public/x'],
  ['nothing', ''],
])('closed, %s: %s', (_, uri) => {
  expect(isPublicPath(uri)).toBe(false);
});
