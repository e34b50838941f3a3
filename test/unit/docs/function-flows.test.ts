import { functionFlows } from '../../../lib/docs/architecture/function-flows';
import { stackLinks } from '../../../lib/docs/architecture/stack-links';
import { terraformLinks } from '../../../lib/docs/architecture/terraform-links';
import type { Cloud, Resource, Stack, Tree } from '../../../lib/review/model';

type Block = { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>>; readonly name?: string };

function stackOf(name: string, blocks: Readonly<Record<string, Block>>, template = {}, cloud: Cloud = 'aws'): Stack {
  const identity = {
    cloud,
    engine: cloud === 'aws' ? ('cloudformation' as const) : ('terraform' as const),
    account: '1',
    region: '-',
    name,
  };
  const resources = Object.entries(blocks).map(([logicalId, { Type: type, Properties = {}, name: physicalName }]) => {
    const resource: Resource = {
      address: `${name}/${logicalId}`,
      stack: identity,
      logicalId,
      type,
      ...(physicalName !== undefined && { physicalName }),
      properties: Properties,
      definition: Properties,
      protection: {},
      statefulness: { kind: 'stateless' },
    };
    return [logicalId, resource] as const;
  });
  return { identity, file: `${name}.json`, resources: new Map(resources), template };
}

const treeOf = (...stacks: readonly Stack[]): Tree => ({
  directory: '.',
  stacks: new Map(stacks.map((stack) => [stack.identity.name, stack])),
  clouds: [],
  notes: [],
});

const role = { Type: 'AWS::IAM::Role' };
const worker = {
  Type: 'AWS::Lambda::Function',
  name: 'worker',
  Properties: { FunctionName: 'worker', Role: { 'Fn::GetAtt': ['Role', 'Arn'] } },
};
const policy = (...statements: readonly object[]) => ({
  Type: 'AWS::IAM::Policy',
  Properties: { Roles: [{ Ref: 'Role' }], PolicyDocument: { Statement: statements } },
});
const allow = (Action: string | readonly string[], Resource: unknown) => ({ Effect: 'Allow', Action, Resource });
const arn = (service: string, rest: string) => `arn:aws:${service}:us-east-1:317805897534:${rest}`;

const arrowsOf = (blocks: Readonly<Record<string, Block>>): string[] =>
  functionFlows(treeOf(stackOf('functions', blocks)))
    .flatMap(({ flows }) => flows)
    .map(({ from, verb, to }) => `${from.kind} ${from.name} -${verb}-> ${to.kind} ${to.name}`);

test.each<[string, Readonly<Record<string, Block>>, readonly string[]]>([
  ['minimal: nothing starts it, it does nothing', {}, []],
  [
    'a queue that it consumes: one arrow in, none for taking',
    {
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: { FunctionName: { Ref: 'Worker' }, EventSourceArn: arn('sqs', 'orders') },
      },
      Policy: policy(
        allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], arn('sqs', 'orders')),
      ),
    },
    ['queue orders -batches-> function worker'],
  ],
  [
    'a queue that it consumes and sends to again',
    {
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: { FunctionName: { Ref: 'Worker' }, EventSourceArn: arn('sqs', 'orders') },
      },
      Policy: policy(allow(['sqs:ReceiveMessage', 'sqs:SendMessage'], arn('sqs', 'orders'))),
    },
    ['function worker -sends-> queue orders', 'queue orders -batches-> function worker'],
  ],
  [
    'a schedule and a caller; EventBridge is not shown twice',
    {
      Rule: {
        Type: 'AWS::Events::Rule',
        name: 'hourly',
        Properties: { ScheduleExpression: 'rate(1 hour)', Targets: [{ Arn: { 'Fn::GetAtt': ['Worker', 'Arn'] } }] },
      },
      ByRule: {
        Type: 'AWS::Lambda::Permission',
        Properties: { FunctionName: { Ref: 'Worker' }, Principal: 'events.amazonaws.com' },
      },
      ByApi: {
        Type: 'AWS::Lambda::Permission',
        Properties: { FunctionName: { 'Fn::GetAtt': ['Worker', 'Arn'] }, Principal: 'apigateway.amazonaws.com' },
      },
    },
    ['caller apigateway.amazonaws.com -calls-> function worker', 'rule hourly -rate(1 hour)-> function worker'],
  ],
  [
    'a table, its index as part of it, both verbs on one arrow',
    {
      Policy: policy(
        allow(
          ['dynamodb:Query', 'dynamodb:UpdateItem'],
          [arn('dynamodb', 'table/posts'), arn('dynamodb', 'table/posts/index/x')],
        ),
      ),
    },
    ['function worker -reads, writes-> table posts'],
  ],
  [
    'a secret without the letters that the service adds; logs and traces are left out',
    {
      Policy: policy(
        allow('secretsmanager:GetSecretValue', arn('secretsmanager', 'secret:of/creds-??????')),
        allow('logs:PutLogEvents', '*'),
        allow('xray:PutTraceSegments', '*'),
      ),
    },
    ['function worker -reads-> secret of/creds'],
  ],
  [
    'what only the deploy knows, and what is denied',
    {
      Policy: policy(allow('appconfig:GetLatestConfiguration', { 'Fn::Join': ['', ['x']] }), {
        Effect: 'Deny',
        Action: 's3:*',
        Resource: '*',
      }),
    },
    ['function worker -reads-> other appconfig, known at deploy time'],
  ],
])('%s', (_, blocks, expected) => {
  expect(arrowsOf({ Role: role, Worker: worker, ...blocks })).toEqual(expected);
});

test('a dead-letter queue is where work is given up to, not where the function sends', () => {
  const withQueue = {
    ...worker,
    Properties: { ...worker.Properties, DeadLetterConfig: { TargetArn: arn('sqs', 'parked') } },
  };
  const arrows = arrowsOf({
    Role: role,
    Worker: withQueue,
    Policy: policy(allow('sqs:SendMessage', arn('sqs', 'parked'))),
  });
  expect(arrows).toEqual(['function worker -gives up to-> queue parked']);
});

test('an edge function is found behind its version', () => {
  const arrows = arrowsOf({
    Role: role,
    Worker: worker,
    Version: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Worker' } } },
    Site: {
      Type: 'AWS::CloudFront::Distribution',
      Properties: {
        DistributionConfig: {
          DefaultCacheBehavior: {
            LambdaFunctionAssociations: [{ EventType: 'viewer-request', LambdaFunctionARN: { Ref: 'Version' } }],
          },
        },
      },
    },
  });
  expect(arrows).toEqual(['caller CloudFront -viewer-request-> function worker']);
});

test('stacks: a value that one publishes and another reads is one arrow with a number', () => {
  const published = (name: string) => ({ Type: 'AWS::SSM::Parameter', Properties: { Name: name } });
  const network = stackOf('network', { A: published('/huntaze/network/a'), B: published('/huntaze/network/b') });
  const parameter = (Default: string) => ({ Type: 'AWS::SSM::Parameter::Value<String>', Default });
  const data = stackOf(
    'data',
    {},
    {
      Parameters: {
        A: parameter('/huntaze/network/a'),
        B: parameter('/huntaze/network/b'),
        C: parameter('/elsewhere'),
      },
    },
  );
  expect(stackLinks(treeOf(data, network))).toEqual({
    stacks: [
      { name: 'data', resources: 0 },
      { name: 'network', resources: 2 },
    ],
    links: [{ publisher: 'network', reader: 'data', values: 2 }],
  });
});

test('terraform: a reference is an arrow, an address of nothing is none', () => {
  const stack = stackOf(
    'azure',
    {
      'azurerm_resource_group.group': { Type: 'azurerm_resource_group', Properties: { name: 'rg' } },
      'azurerm_subnet.one': {
        Type: 'azurerm_subnet',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's own form of a reference
        Properties: { resource_group_name: '${azurerm_resource_group.group.name}', x: 'azurerm_nothing.here' },
      },
    },
    {},
    'azure',
  );
  expect(terraformLinks(treeOf(stack)).links).toEqual([
    { from: 'azurerm_subnet.one', to: 'azurerm_resource_group.group' },
  ]);
});
