import { DatabaseError } from 'pg';
import { classify, failureStatus } from '../../../../lambda/huntaze-prisma-read/database-errors';

function sqlState(code: string): DatabaseError {
  const error = new DatabaseError('message', 1, 'error');
  error.code = code;
  return error;
}
const withCode = (code: string) => Object.assign(new Error('message'), { code });

test.each([
  ['unique violation (P2002)', sqlState('23505'), 409],
  ['no data found (P2025)', sqlState('P0002'), 404],
  ['foreign key violation (P2003)', sqlState('23503'), 400],
  ['wrong password (P1000)', sqlState('28P01'), 503],
  ['no entry in pg_hba (P1000)', sqlState('28000'), 503],
  ['no such database (P1003)', sqlState('3D000'), 503],
  ['too many connections', sqlState('53300'), 503],
  ['administrator shutdown (P1017)', sqlState('57P01'), 503],
  ['the server is starting', sqlState('57P03'), 503],
  ['the server is closed to writers', sqlState('25006'), 503],
  ['connection failure', sqlState('08006'), 503],
  ['refused (P1001)', withCode('ECONNREFUSED'), 503],
  ['reset (P1017)', withCode('ECONNRESET'), 503],
  ['name not found (P1001)', withCode('ENOTFOUND'), 503],
  ['a certificate of nobody known (P1011)', withCode('SELF_SIGNED_CERT_IN_CHAIN'), 503],
  ['a certificate for another name (P1011)', withCode('ERR_TLS_CERT_ALTNAME_INVALID'), 503],
  ['connect timeout (P1002)', new Error('timeout expired'), 503],
  ['statement timeout', sqlState('57014'), 500],
  ['no such table', sqlState('42P01'), 500],
  ['another constraint', sqlState('23514'), 500],
  ['anything else', new Error('boom'), 500],
  ['what is no error', 'boom', 500],
])('%s', (_, error, status) => {
  expect(failureStatus[classify(error)]).toBe(status);
});
