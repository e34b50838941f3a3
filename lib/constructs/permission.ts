import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Permission } from '../estate/permissions';

/** Reads the value of a deploy-time parameter of `requiredParameters`. */
export type RequiredValue = (key: string) => string;

/** The policy statement of one row, on ARNs made from physical names: the resource may live in another stack. */
export function permissionStatement(
  scope: Construct,
  permission: Permission,
  required: RequiredValue,
): PolicyStatement {
  return new PolicyStatement({
    actions: [...permission.actions],
    resources: resourceArns(Stack.of(scope), permission, required),
  });
}

/**
 * ARN pattern of a secret named by its name. Secrets Manager appends a hyphen and six characters, which no template
 * can know.
 */
export const secretArnPattern = ({ region, account }: Pick<Stack, 'region' | 'account'>, name: string): string =>
  `arn:aws:secretsmanager:${region}:${account}:secret:${name}-??????`;

function resourceArns(
  { region, account }: Pick<Stack, 'region' | 'account'>,
  permission: Permission,
  required: RequiredValue,
): string[] {
  switch (permission.on) {
    case 'table': {
      const table = `arn:aws:dynamodb:${region}:${account}:table/${permission.name}`;
      return [table, ...(permission.indexes ?? []).map((index) => `${table}/index/${index}`)];
    }
    case 'queue':
      return [`arn:aws:sqs:${region}:${account}:${permission.name}`];
    case 'secret':
      return [secretArnPattern({ region, account }, permission.name)];
    case 'ecs-service':
      return [`arn:aws:ecs:${region}:${account}:service/${permission.cluster}/${permission.name}`];
    case 'kms-key':
      return [`arn:aws:kms:${region}:${account}:key/${permission.id}`];
    case 'bucket-objects': {
      const { bucket } = permission;
      return [`arn:aws:s3:::${typeof bucket === 'string' ? bucket : required(bucket.parameter)}/*`];
    }
  }
}
