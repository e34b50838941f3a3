import {
  lambdaCertificates,
  parseDatabaseUrl,
  readCertificates,
} from '../../../../lambda/huntaze-prisma-read/database-url';

const minimal = {
  host: 'db.example',
  port: 5432,
  user: 'app',
  password: 'pass',
  database: 'huntaze',
  schema: 'public',
  certificatesFile: lambdaCertificates,
};

test.each([
  ['minimal', 'postgresql://app:pass@db.example/huntaze', minimal],
  ['the other scheme, and white space around', ' postgres://app:pass@db.example/huntaze\n', minimal],
  [
    "maximum: port, escapes, Prisma's schema and libpq's authorities",
    'postgresql://a%40b:p%2Fw%3A%25@db.example:6432/hun%20taze?schema=app_1&sslrootcert=/certs/ca.pem&connection_limit=1',
    {
      host: 'db.example',
      port: 6432,
      user: 'a@b',
      password: 'p/w:%',
      database: 'hun taze',
      schema: 'app_1',
      certificatesFile: '/certs/ca.pem',
    },
  ],
  [
    'a URL that asks for less than verified TLS gets it nonetheless',
    'postgres://app:pass@db.example/huntaze?sslmode=disable',
    minimal,
  ],
  ['a JSON secret with url', '{"url":"postgres://app:pass@db.example/huntaze"}', minimal],
  ['a JSON secret with DATABASE_URL', '{"DATABASE_URL":"postgres://app:pass@db.example/huntaze"}', minimal],
])('%s', (_, text, target) => {
  expect(parseDatabaseUrl(text)).toEqual(target);
});

describe('throws, without a part of the secret, when', () => {
  test.each([
    ['it is no URL', 'hunter2'],
    ['it is a URL of another kind', 'https://app:hunter2@db.example/huntaze'],
    ['the user is missing', 'postgres://:hunter2@db.example/huntaze'],
    ['the password is missing', 'postgres://hunter2@db.example/huntaze'],
    ['the database is missing', 'postgres://app:hunter2@db.example'],
    ['the schema is no plain name', 'postgres://app:hunter2@db.example/huntaze?schema=a%20-c%20x%3D1'],
    ['it is broken JSON', '{"url": "postgres://app:hunter2@db.example/huntaze"'],
    ['it is JSON without a URL', '{"password":"hunter2"}'],
  ])('%s', (_, text) => {
    expect(() => parseDatabaseUrl(text)).toThrow('The database secret must hold postgresql://');
    expect(() => parseDatabaseUrl(text)).not.toThrow(/hunter2/);
  });

  test('the authorities cannot be read', () => {
    expect(() => readCertificates({ ...minimal, certificatesFile: '/nowhere/ca.pem' })).toThrow(
      /\/nowhere\/ca\.pem, got: ENOENT.*sslrootcert/,
    );
  });
});
