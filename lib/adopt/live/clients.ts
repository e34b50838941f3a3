import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { SNSClient } from '@aws-sdk/client-sns';
import { type AllowedCalls, auditCalls, auditClients, type ClientOptions, guarded, joinCalls } from '../../audit';

/**
 * Calls of the look-up beyond the audit's. `GetFunction` is the one that leads to data: the code of a function, which the
 * import must name so that a deployment that fails can go back to it. It is read only where the caller asks for the code.
 */
export const lookUpCalls: AllowedCalls = joinCalls(auditCalls, {
  CloudFormationClient: ['DescribeStackResources'],
  CloudWatchClient: ['DescribeAlarms'],
  CloudFrontClient: ['ListOriginAccessControls', 'ListTagsForResource'],
  EC2Client: [
    'DescribeInternetGateways',
    'DescribeRouteTables',
    'DescribeSubnets',
    'DescribeVpcAttribute',
    'DescribeVpcEndpoints',
    'DescribeVpcs',
  ],
  IAMClient: ['GetRole'],
  KMSClient: ['DescribeKey', 'GetKeyPolicy', 'GetKeyRotationStatus', 'ListAliases'],
  LambdaClient: ['GetFunction', 'GetFunctionEventInvokeConfig'],
  SNSClient: ['GetTopicAttributes'],
});

/** Clients of the look-up. Each refuses whatever is not on the list. */
export function lookUpClients(options: ClientOptions) {
  return {
    ...auditClients(options, lookUpCalls),
    // Asked once for each resource, more often than it likes: the SDK then slows down by itself.
    cloudFormation: guarded(
      new CloudFormationClient({ ...options, retryMode: 'adaptive', maxAttempts: 10 }),
      lookUpCalls,
    ),
    cloudWatch: guarded(new CloudWatchClient(options), lookUpCalls),
    iam: guarded(new IAMClient(options), lookUpCalls),
    kms: guarded(new KMSClient(options), lookUpCalls),
    sns: guarded(new SNSClient(options), lookUpCalls),
  };
}

export type LookUpClients = ReturnType<typeof lookUpClients>;
