import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { readSecretText } from '../../../../lambda/shared/secret-text';

const mock = mockClient(SecretsManagerClient);
const client = new SecretsManagerClient({ region: 'us-east-1' });
beforeEach(() => mock.reset());

test('gives the text, without the line end that an editor left', async () => {
  mock.on(GetSecretValueCommand, { SecretId: 'name' }).resolves({ SecretString: 'value\n' });
  expect(await readSecretText(client, 'name', 'VARIABLE')).toBe('value');
});

describe('throws, naming the variable and no value, when', () => {
  test.each([
    [
      'the secret is missing',
      () => mock.rejects(Object.assign(new Error('hunter2'), { name: 'ResourceNotFoundException' })),
    ],
    ['the secret is binary', () => mock.resolves({ SecretBinary: new Uint8Array([1]) })],
    ['the secret is empty', () => mock.resolves({ SecretString: ' ' })],
  ])('%s', async (_, answer) => {
    answer();
    const refusal = await readSecretText(client, 'hunter2', 'VARIABLE').catch((error: Error) => error.message);
    expect(refusal).toContain('VARIABLE');
    expect(refusal).not.toContain('hunter2');
  });
});
