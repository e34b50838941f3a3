import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { FeatureFlagsPart, Permission } from '../estate/permissions';
import { publishedFlags } from '../estate/published';
import type { DeployTimeValues } from './deploy-time';

/** The policy statement of one row, on ARNs made from physical names: the resource may live in another stack. */
export function permissionStatement(
  scope: Construct,
  permission: Permission,
  deployTime: DeployTimeValues,
): PolicyStatement {
  return new PolicyStatement({
    actions: [...permission.actions],
    resources: resourceArns(Stack.of(scope), permission, deployTime),
    ...(permission.on === 'metrics' && {
      conditions: { StringEquals: { 'cloudwatch:namespace': permission.namespace } },
    }),
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
  deployTime: DeployTimeValues,
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
    case 'function':
      return [`arn:aws:lambda:${region}:${account}:function:${permission.name}`];
    case 'database':
      return [`arn:aws:rds:${region}:${account}:db:${permission.name}`];
    case 'database-parameters':
      return [`arn:aws:rds:${region}:${account}:pg:${permission.name}`];
    case 'database-subnet-group':
      return [`arn:aws:rds:${region}:${account}:subgrp:${permission.name}`];
    case 'database-snapshots':
      return [`arn:aws:rds:${region}:${account}:snapshot:${permission.prefix}*`];
    case 'database-deployments':
      return [`arn:aws:rds:${region}:${account}:deployment:*`];
    case 'stack':
      return [`arn:aws:cloudformation:${region}:${account}:stack/${permission.name}/*`];
    case 'alarms':
      return [`arn:aws:cloudwatch:${region}:${account}:alarm:${permission.prefix}*`];
    case 'tasks':
      return [`arn:aws:ecs:${region}:${account}:task/${permission.cluster}/*`];
    case 'everything':
    case 'metrics':
      return ['*'];
    case 'feature-flags':
      return permission.parts.map((part) => featureFlagsArn({ region, account }, part, deployTime));
    case 'bucket-objects': {
      const { bucket } = permission;
      return [`arn:aws:s3:::${typeof bucket === 'string' ? bucket : deployTime.required(bucket.parameter)}/*`];
    }
  }
}

/** AppConfig has no names in its ARNs, only the ids that the data stack published. */
function featureFlagsArn(
  { region, account }: Pick<Stack, 'region' | 'account'>,
  part: FeatureFlagsPart,
  deployTime: DeployTimeValues,
): string {
  const id = (name: keyof typeof publishedFlags) => deployTime.published('data', publishedFlags[name]);
  const service = `arn:aws:appconfig:${region}:${account}`;
  const application = `${service}:application/${id('application')}`;
  switch (part) {
    case 'application':
      return application;
    case 'configuration':
      return `${application}/environment/${id('environment')}/configuration/${id('profile')}`;
    case 'profile':
      return `${application}/configurationprofile/${id('profile')}`;
    case 'versions':
      return `${application}/configurationprofile/${id('profile')}/hostedconfigurationversion/*`;
    case 'environment':
      return `${application}/environment/${id('environment')}`;
    case 'deployments':
      return `${application}/environment/${id('environment')}/deployment/*`;
    case 'strategy':
      return `${service}:deploymentstrategy/${id('strategy')}`;
  }
}
