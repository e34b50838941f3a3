import { at, isObject, type JsonObject } from '../json';
import type { Resource, Stack } from '../model';

export const asList = (value: unknown): readonly unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];

/** Terraform writes a block as a list, or alone. */
export const blocks = (value: unknown): readonly JsonObject[] => asList(value).filter(isObject);

export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** JSON whose text does not depend on the order of keys. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'null';
  const entries = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
  return `{${entries.join(',')}}`;
}

/** ARNs that a template can tell of its own named resources. */
const arnShapes: Readonly<Record<string, (name: string, account: string, region: string) => string>> = {
  'AWS::S3::Bucket': (name) => `arn:aws:s3:::${name}`,
  'AWS::SQS::Queue': (name, account, region) => `arn:aws:sqs:${region}:${account}:${name}`,
  'AWS::SNS::Topic': (name, account, region) => `arn:aws:sns:${region}:${account}:${name}`,
  'AWS::DynamoDB::Table': (name, account, region) => `arn:aws:dynamodb:${region}:${account}:table/${name}`,
  'AWS::Lambda::Function': (name, account, region) => `arn:aws:lambda:${region}:${account}:function:${name}`,
  'AWS::IAM::Role': (name, account) => `arn:aws:iam::${account}:role/${name}`,
  'AWS::Events::Rule': (name, account, region) => `arn:aws:events:${region}:${account}:rule/${name}`,
  'AWS::ECR::Repository': (name, account, region) => `arn:aws:ecr:${region}:${account}:repository/${name}`,
};

/** Types whose Ref is their ARN and not their name. */
const refIsArn = new Set(['AWS::SNS::Topic', 'AWS::IAM::ManagedPolicy', 'AWS::SecretsManager::Secret']);

/** What both trees call one thing, so that a renamed logical id is not another principal. */
export type Identify = (resource: Resource) => string;

export interface Reader {
  readonly stack: Stack;
  readonly identify: Identify;
}

/**
 * Every text that a value of a template may become: one, or one for each branch of an `Fn::If`. What only the account
 * knows stands as a token such as `${huntaze/Queue.Arn}`, equal in both trees for the same thing.
 */
export function texts(value: unknown, reader: Reader): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => texts(item, reader));
  const branches = at(value, 'Fn::If');
  if (Array.isArray(branches)) return branches.slice(1).flatMap((branch) => texts(branch, reader));
  if (isObject(value) && typeof value.Ref === 'string' && value.Ref === 'AWS::NoValue') return [];
  return value === undefined || value === null ? [] : [textOf(value, reader)];
}

/** The text of one value. */
export function textOf(value: unknown, reader: Reader): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (!isObject(value)) return canonical(value);
  if (typeof value.Ref === 'string') return refText(value.Ref, reader);
  const attribute = value['Fn::GetAtt'];
  if (attribute !== undefined) return attributeText(attribute, reader);
  const join = value['Fn::Join'];
  if (Array.isArray(join) && Array.isArray(join[1])) {
    return join[1].map((part) => textOf(part, reader)).join(String(join[0] ?? ''));
  }
  const sub = value['Fn::Sub'];
  if (typeof sub === 'string') return substituted(sub, {}, reader);
  if (Array.isArray(sub) && typeof sub[0] === 'string') return substituted(sub[0], at(sub, 1), reader);
  return `\${${canonical(value)}}`;
}

function refText(name: string, { stack, identify }: Reader): string {
  const pseudo: Readonly<Record<string, string>> = {
    'AWS::AccountId': stack.identity.account,
    'AWS::Region': stack.identity.region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stack.identity.name,
  };
  if (Object.hasOwn(pseudo, name)) return pseudo[name] as string;
  const resource = stack.resources.get(name);
  if (resource !== undefined) {
    if (refIsArn.has(resource.type)) return arnOf(resource, stack, identify);
    return resource.physicalName ?? `\${${identify(resource)}}`;
  }
  const parameter = at(stack.template, 'Parameters', name);
  const standard = at(parameter, 'Default');
  if (typeof standard !== 'string' && typeof standard !== 'number') return `\${${name}}`;
  return String(at(parameter, 'Type')).startsWith('AWS::SSM::') ? `\${ssm:${standard}}` : String(standard);
}

function attributeText(attribute: unknown, { stack, identify }: Reader): string {
  const [logicalId = '', ...rest] = Array.isArray(attribute) ? attribute.map(String) : String(attribute).split('.');
  const resource = stack.resources.get(logicalId);
  const name = rest.join('.');
  if (resource === undefined) return `\${${logicalId}.${name}}`;
  return name === 'Arn' ? arnOf(resource, stack, identify) : `\${${identify(resource)}.${name}}`;
}

function arnOf(resource: Resource, { identity }: Stack, identify: Identify): string {
  const shape = Object.hasOwn(arnShapes, resource.type) ? arnShapes[resource.type] : undefined;
  return shape === undefined || resource.physicalName === undefined
    ? `\${${identify(resource)}.Arn}`
    : shape(resource.physicalName, identity.account, identity.region);
}

function substituted(template: string, values: unknown, reader: Reader): string {
  return template.replace(/\$\{(!?)([^}]*)\}/g, (whole, escaped: string, name: string) => {
    if (escaped === '!') return `\${${name}}`;
    const own = at(values, name);
    if (own !== undefined) return textOf(own, reader);
    if (name.startsWith('AWS::')) return refText(name, reader);
    return name.includes('.')
      ? attributeText(name, reader)
      : reader.stack.resources.has(name) || at(reader.stack.template, 'Parameters', name) !== undefined
        ? refText(name, reader)
        : whole;
  });
}

/** The resource that a Ref, a GetAtt or a Terraform reference names, in the same stack. */
export function referenced(value: unknown, stack: Stack): Resource | undefined {
  if (typeof value === 'string') {
    const [, address] = /\$\{((?:data\.)?[a-z0-9_]+\.[\w-]+)[.}[]/.exec(value) ?? [];
    return address === undefined ? undefined : stack.resources.get(address);
  }
  const attribute = at(value, 'Fn::GetAtt');
  const logicalId =
    at(value, 'Ref') ?? (Array.isArray(attribute) ? attribute[0] : String(attribute ?? '').split('.')[0]);
  return typeof logicalId === 'string' ? stack.resources.get(logicalId) : undefined;
}
