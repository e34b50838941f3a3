import { cookieValue, headerValue, setHeader } from '../../../../lambda/shared/cloudfront-headers';

test.each([
  ['absent', {}, 'accept', undefined],
  ['once', { accept: [{ value: 'a' }] }, 'Accept', 'a'],
  ['repeated', { accept: [{ value: 'a' }, { value: 'b' }] }, 'Accept', 'a, b'],
  ['a cookie in two headers', { cookie: [{ value: 'a=1' }, { value: 'b=2' }] }, 'Cookie', 'a=1; b=2'],
])('header %s', (_, headers, name, value) => {
  expect(headerValue(headers, name)).toBe(value);
});

test.each([
  ['absent', 'other=1', undefined],
  ['among others', 'a=1; token=xyz; b=2', 'xyz'],
  ['with an equals sign in its value', 'token=xy==', 'xy=='],
  ['whose name only ends like it', 'my_token=stolen', undefined],
  ['whose name only begins like it', 'token2=stolen', undefined],
  ['empty', 'token=', undefined],
  ['twice: the first, most specific one', 'token=first; token=second', 'first'],
])('cookie %s', (_, cookie, value) => {
  expect(cookieValue({ cookie: [{ value: cookie }] }, 'token')).toBe(value);
});

test('a header that is set replaces all of its repetitions', () => {
  const headers = { 'x-a': [{ value: '1' }, { value: '2' }] };
  setHeader(headers, 'X-A', '3');
  expect(headers).toEqual({ 'x-a': [{ key: 'X-A', value: '3' }] });
});
