import { checkedEdgeConfiguration } from '../../../lib/build/edge-configuration';

const region = 'us-east-1';

test.each([
  ['minimal', { region }, { region }],
  ['empty values are none', { region, userPoolId: '', clientId: '' }, { region }],
  [
    'maximum, in a fixed order of keys',
    { clientId: 'c', userPoolId: 'us-east-1_Abc123', region },
    { region, userPoolId: 'us-east-1_Abc123', clientId: 'c' },
  ],
  [
    'a region of two words',
    { region: 'us-gov-west-1', userPoolId: 'us-gov-west-1_A1', clientId: 'c' },
    { region: 'us-gov-west-1', userPoolId: 'us-gov-west-1_A1', clientId: 'c' },
  ],
])('%s', (_, given, expected) => {
  expect(JSON.stringify(checkedEdgeConfiguration(given))).toBe(JSON.stringify(expected));
});

test.each([
  ['the client is missing', { region, userPoolId: 'us-east-1_Abc123' }, 'userPoolId and clientId together'],
  ['the pool is missing', { region, clientId: 'c' }, 'userPoolId and clientId together'],
  ['the pool is of another region', { region, userPoolId: 'eu-west-1_Abc123', clientId: 'c' }, 'got: eu-west-1_Abc123'],
  ['the pool is no literal', { region, userPoolId: 'Token[TOKEN.1]', clientId: 'c' }, 'got: Token[TOKEN.1]'],
])('throws when %s', (_, given, message) => {
  expect(() => checkedEdgeConfiguration(given)).toThrow(message);
});
