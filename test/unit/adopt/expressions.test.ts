// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub is written so.
import { evaluate, isUnknown, referencesIn, type Scope } from '../../../lib/adopt/expressions';
import type { Json } from '../../../lib/adopt/json';

const scope: Scope = {
  account: '111122223333',
  region: 'us-east-1',
  stackName: 'stack',
  template: {
    Resources: {},
    Parameters: {
      Plain: { Type: 'String', Default: 'given' },
      Published: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/huntaze/network/group' },
      Unpublished: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/huntaze/settings/only-the-account' },
    },
  },
  resource: (id) =>
    id === 'Queue' ? { ref: 'https://queue', attributes: { Arn: 'arn:queue', 'A.B': 'nested' } } : undefined,
  published: (name) => (name === '/huntaze/network/group' ? 'sg-1' : undefined),
};

test.each<[Json, Json]>([
  ['text', 'text'],
  [{ Ref: 'Queue' }, 'https://queue'],
  [{ Ref: 'Plain' }, 'given'],
  [{ Ref: 'Published' }, 'sg-1'],
  [{ Ref: 'AWS::AccountId' }, '111122223333'],
  [{ 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:queue'],
  [{ 'Fn::GetAtt': 'Queue.A.B' }, 'nested'],
  [{ 'Fn::Join': [':', ['a', { Ref: 'Queue' }]] }, 'a:https://queue'],
  [{ 'Fn::Sub': 'x-${AWS::Region}-${Queue.Arn}-${!Literal}' }, 'x-us-east-1-arn:queue-${Literal}'],
  [{ 'Fn::Sub': ['${Own}/${Queue}', { Own: { Ref: 'Plain' } }] }, 'given/https://queue'],
  [{ 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b/c'] }] }, 'b'],
  [
    { list: [{ Ref: 'Queue' }, 1], Ref: 'two members are no reference' },
    { list: ['https://queue', 1], Ref: 'two members are no reference' },
  ],
])('evaluate %j', (expression, expected) => {
  expect(evaluate(expression, scope)).toEqual(expected);
});

test.each<[Json]>([
  [{ Ref: 'Nobody' }],
  [{ Ref: 'Unpublished' }],
  [{ 'Fn::GetAtt': ['Queue', 'Missing'] }],
  [{ 'Fn::ImportValue': 'x' }],
  [{ 'Fn::Join': ['', ['a', { Ref: 'Nobody' }]] }],
])('%j is not known, and says so the same way twice', (expression) => {
  const once = evaluate(expression, scope);
  // An intrinsic that is not understood stays as it is: no live value equals it either.
  expect(isUnknown(once) || typeof once === 'object').toBe(true);
  expect(evaluate(expression, scope)).toEqual(once);
});

test('referencesIn finds every reference and no pseudo parameter', () => {
  const value: Json = {
    a: { Ref: 'One' },
    b: [{ 'Fn::GetAtt': ['Two', 'Arn'] }, { Ref: 'AWS::Region' }],
    c: { 'Fn::Sub': ['${Three.Arn}-${Own}', { Own: { Ref: 'Four' } }] },
  };
  expect(referencesIn(value).sort()).toEqual(['Four', 'One', 'Three', 'Two']);
});
