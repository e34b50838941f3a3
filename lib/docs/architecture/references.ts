import { isObject } from '../../review/json';
import type { Resource, Stack } from '../../review/model';

/** A thing that a picture names: a service's word for it, and its physical name. */
export interface Thing {
  readonly kind: string;
  readonly name: string;
}

export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** The resource of the same stack that `Ref` or `Fn::GetAtt` points at. */
export function referred(value: unknown, { resources }: Stack): Resource | undefined {
  if (!isObject(value)) return undefined;
  const { Ref: ref, 'Fn::GetAtt': attribute } = value;
  const id = typeof ref === 'string' ? ref : asList(attribute)[0];
  return typeof id === 'string' ? resources.get(id.split('.')[0] ?? id) : undefined;
}

const kinds: Readonly<Record<string, string>> = {
  'AWS::SQS::Queue': 'queue',
  'AWS::DynamoDB::Table': 'table',
  'AWS::Lambda::Function': 'function',
  'AWS::SecretsManager::Secret': 'secret',
  'AWS::S3::Bucket': 'bucket',
};

/** What stands behind the name in an ARN, by service: https://docs.aws.amazon.com/service-authorization/latest/reference/ */
const arnForms: readonly { readonly kind: string; readonly form: RegExp }[] = [
  { kind: 'queue', form: /^arn:[^:]*:sqs:[^:]*:[^:]*:([^*]+)$/ },
  { kind: 'table', form: /^arn:[^:]*:dynamodb:[^:]*:[^:]*:table\/([^/]+)/ },
  // Secrets Manager adds six characters of its own; policies write them as question marks.
  { kind: 'secret', form: /^arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:(.+?)(?:-\?{6}|-?\*)?$/ },
  { kind: 'function', form: /^arn:[^:]*:lambda:[^:]*:[^:]*:function:([^:]+)/ },
  { kind: 'service', form: /^arn:[^:]*:ecs:[^:]*:[^:]*:service\/(.+)$/ },
  { kind: 'bucket', form: /^arn:[^:]*:s3:::([^/*]+)/ },
  { kind: 'parameter', form: /^arn:[^:]*:ssm:[^:]*:[^:]*:parameter(\/.+)$/ },
  { kind: 'role', form: /^arn:[^:]*:iam::[^:]*:role\/(.+)$/ },
];

/** The thing that an ARN, or a reference to a resource of the stack, names; `undefined` where only the deploy knows. */
export function thingOf(value: unknown, stack: Stack): Thing | undefined {
  const resource = referred(value, stack);
  if (resource) {
    const kind = kinds[resource.type];
    return kind && resource.physicalName ? { kind, name: resource.physicalName } : undefined;
  }
  if (typeof value !== 'string') return undefined;
  for (const { kind, form } of arnForms) {
    const name = form.exec(value)?.[1];
    if (name !== undefined) return { kind, name };
  }
  return undefined;
}
