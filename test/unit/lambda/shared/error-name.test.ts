import { errorName } from '../../../../lambda/shared/error-name';

class LibraryError extends Error {}

test.each([
  ['an error with a name of its own', Object.assign(new Error('secret'), { name: 'AccessDenied' }), 'AccessDenied'],
  ['one that is known by its class', new LibraryError('secret'), 'LibraryError'],
  ['a built-in one', new TypeError('secret'), 'TypeError'],
  ['one of the system', Object.assign(new Error('secret'), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
  ['one with nothing to say', new Error('secret'), 'Error'],
  ['what is no error', 'secret', 'UnknownError'],
  ['nothing', undefined, 'UnknownError'],
])('%s', (_, error, expected) => {
  expect(errorName(error)).toBe(expected);
});
