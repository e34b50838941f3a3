import fc from 'fast-check';
import { secretTarget, withServer } from '../../../../lib/consolidate/aws/secret-document';

const url = 'postgresql://app:p%40ss%3Aword%2F@plain.example:5432/huntaze?sslmode=verify-full&schema=public';
const rds = {
  engine: 'postgres',
  host: 'plain.example',
  port: 5432,
  username: 'app',
  password: 'p',
  dbname: 'huntaze',
};
const to = { host: 'encrypted.example', port: 6432 };

describe('reads', () => {
  test.each([
    ['a URL', url],
    ['a URL with space around it', ` ${url}\n`],
    ['JSON with url', JSON.stringify({ url })],
    ['JSON with DATABASE_URL', JSON.stringify({ DATABASE_URL: url, other: 1 })],
  ])('%s', (_, text) => {
    expect(secretTarget(text, 's')).toEqual({
      host: 'plain.example',
      port: 5432,
      user: 'app',
      password: 'p@ss:word/',
      database: 'huntaze',
    });
  });

  test.each([
    ['the shape of RDS', rds, 5432],
    ['a port that is a text', { ...rds, port: '6000' }, 6000],
    ['no port', { ...rds, port: undefined }, 5432],
  ])('%s', (_, json, port) => {
    expect(secretTarget(JSON.stringify(json), 's')).toMatchObject({ host: 'plain.example', port, user: 'app' });
  });
});

describe('moves', () => {
  test.each<[string, string, string]>([
    ['a URL, and nothing else of it', url, url.replace('plain.example:5432', 'encrypted.example:6432')],
    ['a URL without a port', 'postgres://a:b@h/d', 'postgres://a:b@encrypted.example:6432/d'],
    [
      'every place of a document',
      JSON.stringify({ ...rds, url }),
      JSON.stringify({ ...rds, ...to, url: url.replace('plain.example:5432', 'encrypted.example:6432') }),
    ],
    [
      'a port that is a text, as a text',
      JSON.stringify({ ...rds, port: '5432' }),
      JSON.stringify({ ...rds, ...to, port: '6432' }),
    ],
  ])('%s', (_, before, after) => {
    expect(withServer(before, 's', to)).toBe(after);
  });

  test('and back again: the same text', () => {
    const word = fc.string({ minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(word, word, word, (user, password, database) => {
        const parts = [user, password, database].map(encodeURIComponent);
        const text = `postgresql://${parts[0]}:${parts[1]}@plain.example:5432/${parts[2]}`;
        const there = withServer(text, 's', to);
        expect(secretTarget(there, 's')).toEqual({ ...secretTarget(text, 's'), ...to });
        expect(withServer(there, 's', { host: 'plain.example', port: 5432 })).toBe(text);
      }),
    );
  });
});

describe('refuses', () => {
  test.each([
    ['an empty text', '', 'no URL'],
    ['a word', 'not-a-url-SECRET', 'no URL'],
    ['another protocol', 'mysql://a:SECRET@h/d', 'a URL of another kind'],
    ['JSON without a server', '{"password":"SECRET"}', 'no URL, and no host'],
    ['half a JSON', '{"password":"SECRET"', 'text that is neither a URL nor JSON'],
    [
      'two servers',
      JSON.stringify({ ...rds, password: 'SECRET', url: 'postgres://a:SECRET@other/d' }),
      'parts that name different servers',
    ],
  ])('%s, and repeats no part of it', (_, text, found) => {
    const read = () => secretTarget(text, 'huntaze/database');
    expect(read).toThrow(`got: ${found}.`);
    expect(read).not.toThrow('SECRET');
    expect(() => withServer(text, 'huntaze/database', to)).toThrow(found);
  });
});
