import { BootstraplessSynthesizer, CfnDeletionPolicy, CfnOutput, Stack, Stage } from 'aws-cdk-lib';
import { CfnManagedPolicy, CfnOIDCProvider, CfnRole } from 'aws-cdk-lib/aws-iam';
import { CfnAlias, CfnKey } from 'aws-cdk-lib/aws-kms';
import { CfnBucket, CfnBucketPolicy } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { pinnedLogicalId, retainState } from '../lib/constructs/stateful';
import { denyInsecureTransport } from '../lib/constructs/tls-only';
import {
  branchSubject,
  type Deliverer,
  deliveryBucketName,
  deliveryEnvironments,
  deliveryNames,
  deliveryPrefixes,
  environmentSubject,
  githubIssuer,
} from '../lib/estate/delivery';
import {
  azureApplyPermissions,
  azurePlanPermissions,
  deployPermissions,
  type Permission,
  planPermissions,
  preparePermissions,
  readOnlyManagedPolicies,
} from '../lib/estate/delivery-permissions';
import { executionPermissions, workloadBoundary } from '../lib/estate/execution-permissions';
import type { AccountSettings } from '../lib/estate/settings';

interface DeliveryProps {
  readonly settings: AccountSettings;
  readonly delivery: Deliverer;
}

/**
 * The identities of the pipeline.
 *
 * A Stage of its own, so that `cdk deploy --all`, and with it the pipeline, never touches them: a pipeline that can
 * change its own rights has no limits. An administrator deploys it, before the bootstrap that uses its policies.
 */
export class DeliveryStage extends Stage {
  constructor(scope: Construct, id: string, props: DeliveryProps) {
    super(scope, id, { env: { account: props.settings.account, region: props.settings.region } });
    new DeliveryStack(this, 'identities', props);
  }
}

class DeliveryStack extends Stack {
  constructor(scope: Construct, id: string, { settings, delivery }: DeliveryProps) {
    super(scope, id, {
      stackName: deliveryNames.stackName,
      description: 'Huntaze estate: identities of the pipeline, what CloudFormation may do, and the private store',
      // Deployed with an administrator's own credentials: the roles of the bootstrap do not exist yet.
      synthesizer: new BootstraplessSynthesizer(),
      terminationProtection: true,
    });
    const { account, region, bootstrapQualifier } = settings;
    const place = { account, region, bootstrapQualifier };

    const keyArn = this.key(account);
    this.bucket(deliveryBucketName(place), keyArn);
    this.policy(deliveryNames.executionPolicy, executionPermissions(place, keyArn));
    this.policy(deliveryNames.workloadBoundary, workloadBoundary(place, keyArn));

    const provider = new CfnOIDCProvider(this, 'GitHub', {
      url: `https://${githubIssuer}`,
      clientIdList: ['sts.amazonaws.com'],
    });
    const branch = branchSubject(delivery);
    const roles: readonly (readonly [
      name: string,
      subject: string,
      permissions: readonly Permission[],
      managed?: readonly string[],
    ])[] = [
      [deliveryNames.planRole, branch, planPermissions(place, keyArn), readOnlyManagedPolicies],
      [deliveryNames.prepareRole, branch, preparePermissions(place, keyArn)],
      [
        deliveryNames.deployRole,
        environmentSubject(delivery, deliveryEnvironments.awsDeploy),
        deployPermissions(place, keyArn),
        readOnlyManagedPolicies,
      ],
      [
        deliveryNames.azurePlanRole,
        environmentSubject(delivery, deliveryEnvironments.azurePlan),
        azurePlanPermissions(place, keyArn),
      ],
      [
        deliveryNames.azureApplyRole,
        environmentSubject(delivery, deliveryEnvironments.azureApply),
        azureApplyPermissions(place, keyArn),
      ],
    ];
    for (const [name, subject, permissions, managed = []] of roles) {
      this.role({ name, subject, permissions, managed, providerArn: provider.attrArn });
    }
  }

  private key(account: string): string {
    const key = new CfnKey(this, 'Key', {
      description: 'Delivery bucket: assemblies, state and plans',
      enableKeyRotation: true,
      keyPolicy: {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'PoliciesOfThisAccount',
            Effect: 'Allow',
            Principal: { AWS: `arn:aws:iam::${account}:root` },
            Action: 'kms:*',
            Resource: '*',
          },
        ],
      },
    });
    retainState(key, 'Key', 'huntaze-delivery');
    new CfnAlias(this, 'KeyAlias', { aliasName: deliveryNames.keyAlias, targetKeyId: key.ref });
    return key.attrArn;
  }

  private bucket(name: string, keyArn: string): void {
    const bucket = new CfnBucket(this, 'Bucket', {
      bucketName: name,
      bucketEncryption: {
        serverSideEncryptionConfiguration: [
          {
            bucketKeyEnabled: true,
            serverSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: keyArn },
          },
        ],
      },
      publicAccessBlockConfiguration: {
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      ownershipControls: { rules: [{ objectOwnership: 'BucketOwnerEnforced' }] },
      versioningConfiguration: { status: 'Enabled' },
      lifecycleConfiguration: {
        rules: [
          expireAfter('plans', deliveryPrefixes.azurePlans, 7),
          expireAfter('templates', deliveryPrefixes.templates, 30),
          { id: 'uploads', status: 'Enabled', abortIncompleteMultipartUpload: { daysAfterInitiation: 1 } },
        ],
      },
    });
    retainState(bucket, 'Bucket', 'huntaze-delivery');
    const policy = new CfnBucketPolicy(this, 'BucketPolicy', {
      bucket: bucket.ref,
      policyDocument: {
        Version: '2012-10-17',
        Statement: [denyInsecureTransport('s3:*', [bucket.attrArn, `${bucket.attrArn}/*`]).toStatementJson()],
      },
    });
    policy.overrideLogicalId(pinnedLogicalId('BucketPolicy', 'huntaze-delivery'));
    policy.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
    policy.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
  }

  private policy(name: string, permissions: readonly Permission[]): void {
    const policy = new CfnManagedPolicy(this, name, {
      managedPolicyName: name,
      policyDocument: documentOf(permissions),
    });
    policy.overrideLogicalId(pinnedLogicalId('Policy', name));
  }

  private role(row: {
    readonly name: string;
    readonly subject: string;
    readonly permissions: readonly Permission[];
    readonly managed: readonly string[];
    readonly providerArn: string;
  }): void {
    const role = new CfnRole(this, row.name, {
      roleName: row.name,
      maxSessionDuration: 3_600,
      managedPolicyArns: row.managed.map((policy) => `arn:aws:iam::aws:policy/${policy}`),
      assumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Federated: row.providerArn },
            Action: 'sts:AssumeRoleWithWebIdentity',
            // Equality and no pattern: with a wildcard, a branch or a pull request could name itself into the role.
            Condition: {
              StringEquals: { [`${githubIssuer}:aud`]: 'sts.amazonaws.com', [`${githubIssuer}:sub`]: row.subject },
            },
          },
        ],
      },
      policies: [{ policyName: 'pipeline', policyDocument: documentOf(row.permissions) }],
    });
    role.overrideLogicalId(pinnedLogicalId('Role', row.name));
    new CfnOutput(this, `Arn${pinnedLogicalId('', row.name)}`, { value: role.attrArn });
  }
}

/** Both the objects of a folder and what they replaced. */
const expireAfter = (id: string, prefix: string, days: number): CfnBucket.RuleProperty => ({
  id,
  prefix,
  status: 'Enabled',
  expirationInDays: days,
  noncurrentVersionExpiration: { noncurrentDays: 1 },
});

const documentOf = (permissions: readonly Permission[]) => ({
  Version: '2012-10-17',
  Statement: permissions.map(({ sid, effect = 'Allow', actions, resources, notResources, conditions }) => ({
    Sid: sid,
    Effect: effect,
    Action: actions,
    ...(resources && { Resource: resources }),
    ...(notResources && { NotResource: notResources }),
    ...(conditions && { Condition: conditions }),
  })),
});
