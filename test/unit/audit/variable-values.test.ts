import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { auditClients } from '../../../lib/audit';
import { droppedValue, withoutVariableValues } from '../../../lib/audit/variable-values';

describe('withoutVariableValues', () => {
  test('drops the values of a function and keeps the names', () => {
    const answer = { FunctionName: 'f', Environment: { Variables: { TOKEN: 's3cret', TABLE: 'posts' } } };
    expect(withoutVariableValues(answer)).toEqual({
      FunctionName: 'f',
      Environment: { Variables: { TOKEN: droppedValue, TABLE: droppedValue } },
    });
  });

  test('drops the values of a container, wherever it lies', () => {
    const container = { name: 'c', environment: [{ name: 'TOKEN', value: 's3cret' }], secrets: [{ name: 'A' }] };
    const answer = { taskDefinition: { containerDefinitions: [container] } };
    const text = JSON.stringify(withoutVariableValues(answer));
    expect(text).toContain('TOKEN');
    expect(text).not.toContain('s3cret');
  });

  test('leaves dates, bytes and everything else alone', () => {
    const answer = { at: new Date(0), bytes: new Uint8Array([1]), list: [1, 'a', null], nothing: undefined };
    expect(withoutVariableValues(answer)).toEqual(answer);
  });
});

describe('a client of the audit', () => {
  let server: Server;
  beforeAll(async () => {
    server = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ FunctionName: 'f', Environment: { Variables: { TOKEN: 's3cret' } } }));
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  });
  afterAll(() => new Promise((closed) => server.close(closed)));

  test('never sees the value', async () => {
    const { lambda } = auditClients({
      region: 'us-east-1',
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    const answer = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'f' }));
    lambda.destroy();
    expect(answer.Environment?.Variables).toEqual({ TOKEN: droppedValue });
  });
});
