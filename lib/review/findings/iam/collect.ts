import { at, isObject } from '../../json';
import type { Resource, Tree } from '../../model';
import { kindWords } from '../ref';
import { asList, type Identify, type Reader, referenced, textOf, texts } from '../values';
import type { Grant } from './grant';
import { grantsOf } from './statements';

/** Where the policy of a resource stands, and what it is a policy of. */
interface ResourcePolicy {
  readonly document: string;
  /** Property that names what it protects; left out where the policy stands in that itself. */
  readonly target?: string;
  /** What the service allows where there is no policy. @default nothing */
  readonly absent?: 'everything';
}

const resourcePolicies: Readonly<Record<string, ResourcePolicy>> = {
  'AWS::SQS::QueuePolicy': { document: 'PolicyDocument', target: 'Queues' },
  'AWS::SQS::QueueInlinePolicy': { document: 'PolicyDocument', target: 'Queue' },
  'AWS::SNS::TopicPolicy': { document: 'PolicyDocument', target: 'Topics' },
  'AWS::SNS::TopicInlinePolicy': { document: 'PolicyDocument', target: 'TopicArn' },
  'AWS::S3::BucketPolicy': { document: 'PolicyDocument', target: 'Bucket' },
  'AWS::SecretsManager::ResourcePolicy': { document: 'ResourcePolicy', target: 'SecretId' },
  'AWS::Events::EventBusPolicy': { document: 'Statement', target: 'EventBusName' },
  'AWS::Logs::ResourcePolicy': { document: 'PolicyDocument' },
  'AWS::KMS::Key': { document: 'KeyPolicy' },
  'AWS::KMS::ReplicaKey': { document: 'KeyPolicy' },
  'AWS::ECR::Repository': { document: 'RepositoryPolicyText' },
  'AWS::EC2::VPCEndpoint': { document: 'PolicyDocument', absent: 'everything' },
  'AWS::DynamoDB::Table': { document: 'ResourcePolicy.PolicyDocument' },
  'AWS::EFS::FileSystem': { document: 'FileSystemPolicy' },
  'AWS::OpenSearchService::Domain': { document: 'AccessPolicies' },
  'AWS::Elasticsearch::Domain': { document: 'AccessPolicies' },
  'AWS::Backup::BackupVault': { document: 'AccessPolicy' },
  'AWS::ApiGateway::RestApi': { document: 'Policy' },
  'AWS::Kinesis::ResourcePolicy': { document: 'ResourcePolicy', target: 'ResourceArn' },
};

const identityKinds: Readonly<Record<string, string>> = {
  'AWS::IAM::Role': 'role',
  'AWS::IAM::User': 'user',
  'AWS::IAM::Group': 'group',
};

const everything = { Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }] };

/** Every permission that a tree's CloudFormation templates give. */
export const collectGrants = (tree: Tree, identify: Identify): Grant[] =>
  [...tree.stacks.values()]
    .filter(({ identity }) => identity.engine === 'cloudformation')
    .flatMap((stack) =>
      [...stack.resources.values()].flatMap((resource) => grantsOfResource(resource, { stack, identify })),
    );

function grantsOfResource(resource: Resource, reader: Reader): Grant[] {
  const kind = identityKinds[resource.type];
  if (kind !== undefined) return ofIdentity(kind, resource, reader);
  if (resource.type === 'AWS::IAM::Policy' || resource.type === 'AWS::IAM::ManagedPolicy') {
    return attachedTo(resource, reader).flatMap((principal) =>
      identityGrants(resource.properties.PolicyDocument, principal, resource, 'PolicyDocument', reader),
    );
  }
  if (/^AWS::IAM::(Role|User|Group)Policy$/.test(resource.type)) {
    return attachedTo(resource, reader).flatMap((principal) =>
      identityGrants(resource.properties.PolicyDocument, principal, resource, 'PolicyDocument', reader),
    );
  }
  if (resource.type === 'AWS::Lambda::Permission') return ofPermission(resource, reader);
  const policy = Object.hasOwn(resourcePolicies, resource.type) ? resourcePolicies[resource.type] : undefined;
  return policy === undefined ? [] : ofResourcePolicy(policy, resource, reader);
}

/** `role "name"`, or with the place that it has in both trees where it has no name. */
const identityText = (kind: string, resource: Resource, { identify }: Reader): string =>
  `${kind} "${resource.physicalName ?? identify(resource)}"`;

const identityGrants = (document: unknown, principal: string, holder: Resource, path: string, reader: Reader) =>
  grantsOf(document, { via: 'identity', scope: principal, principal, holder, path: `Properties.${path}` }, reader);

function ofIdentity(kind: string, resource: Resource, reader: Reader): Grant[] {
  const principal = identityText(kind, resource, reader);
  const inline = asList(resource.properties.Policies).flatMap((policy, index) =>
    identityGrants(at(policy, 'PolicyDocument'), principal, resource, `Policies.${index}`, reader),
  );
  const managed = asList(resource.properties.ManagedPolicyArns).flatMap((arn) => {
    const own = referenced(arn, reader.stack);
    if (own?.type === 'AWS::IAM::ManagedPolicy') {
      return identityGrants(own.properties.PolicyDocument, principal, resource, 'ManagedPolicyArns', reader);
    }
    return texts(arn, reader).flatMap((text) =>
      identityGrants(
        { Statement: [{ Effect: 'Allow', Action: `managed policy ${text}`, Resource: '*' }] },
        principal,
        resource,
        'ManagedPolicyArns',
        reader,
      ),
    );
  });
  const trust = grantsOf(
    resource.properties.AssumeRolePolicyDocument,
    {
      via: 'trust',
      scope: principal,
      target: principal,
      holder: resource,
      path: 'Properties.AssumeRolePolicyDocument',
    },
    reader,
  );
  return [...inline, ...managed, ...trust];
}

/** Whom a policy is attached to; a name that no resource of the stack has stands for itself. */
function attachedTo({ properties }: Resource, reader: Reader): string[] {
  const named = (kind: string, values: unknown) =>
    asList(values).flatMap((value) => {
      const resource = referenced(value, reader.stack);
      return resource === undefined
        ? texts(value, reader).map((name) => `${kind} "${name}"`)
        : [identityText(kind, resource, reader)];
    });
  return [
    ...named('role', properties.Roles ?? properties.RoleName),
    ...named('user', properties.Users ?? properties.UserName),
    ...named('group', properties.Groups ?? properties.GroupName),
  ];
}

function ofResourcePolicy({ document, target, absent }: ResourcePolicy, resource: Resource, reader: Reader): Grant[] {
  const found = at(resource.properties, ...document.split('.')) ?? (absent === 'everything' ? everything : undefined);
  if (found === undefined) return [];
  // An event bus policy is one statement, or the properties of one.
  const policy = document === 'Statement' && isObject(found) ? { Statement: [found] } : found;
  return targetsOf(target, resource, reader).flatMap((scope) =>
    grantsOf(
      policy,
      { via: 'resource', scope, target: scope, holder: resource, path: `Properties.${document}` },
      reader,
    ),
  );
}

function targetsOf(property: string | undefined, resource: Resource, reader: Reader): string[] {
  if (property === undefined) return [targetText(resource, reader)];
  return asList(resource.properties[property]).flatMap((value) => {
    const own = referenced(value, reader.stack);
    return own === undefined ? [textOf(value, reader)] : [targetText(own, reader)];
  });
}

/** `queue "orders"`: the last word of the type, and the name. */
const targetText = (resource: Resource, { identify }: Pick<Reader, 'identify'>): string =>
  `${kindWords(resource.type)} "${resource.physicalName ?? identify(resource)}"`;

/** A permission is a statement written as properties. */
function ofPermission(resource: Resource, reader: Reader): Grant[] {
  const { properties } = resource;
  const fn = referenced(properties.FunctionName, reader.stack);
  const scope =
    fn === undefined ? `function "${textOf(properties.FunctionName ?? '?', reader)}"` : targetText(fn, reader);
  const service = texts(properties.Principal, reader).map((name) =>
    /\./.test(name) && !name.startsWith('arn:') ? { Service: name } : name === '*' ? '*' : { AWS: name },
  );
  const conditions = [
    ['ArnLike', 'aws:SourceArn', properties.SourceArn],
    ['StringEquals', 'aws:SourceAccount', properties.SourceAccount],
    ['StringEquals', 'aws:PrincipalOrgID', properties.PrincipalOrgID],
    ['StringEquals', 'lambda:FunctionUrlAuthType', properties.FunctionUrlAuthType],
  ] as const;
  const condition: Record<string, Record<string, unknown>> = {};
  for (const [operator, key, value] of conditions) {
    if (value !== undefined) condition[operator] = { ...condition[operator], [key]: value };
  }
  return service.flatMap((principal) =>
    grantsOf(
      { Statement: [{ Effect: 'Allow', Principal: principal, Action: properties.Action, Condition: condition }] },
      { via: 'resource', scope, target: scope, holder: resource, path: 'Properties' },
      reader,
    ),
  );
}

/** Names of everything in a tree that a grant can be within, to know what a removed policy belonged to. */
export function scopesOf(tree: Tree, identify: Identify): ReadonlySet<string> {
  const scopes = new Set<string>();
  for (const stack of tree.stacks.values()) {
    for (const resource of stack.resources.values()) {
      const reader: Reader = { stack, identify };
      const kind = identityKinds[resource.type];
      scopes.add(kind === undefined ? targetText(resource, reader) : identityText(kind, resource, reader));
    }
  }
  return scopes;
}
