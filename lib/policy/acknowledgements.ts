import { hasReached } from '../estate/azure-link';
import { consolidatedInstancePrefix, consolidationPair, consolidationSnapshotPrefix } from '../estate/consolidation';
import { effectsOf } from '../estate/consolidation-phase';
import { modelledFunctions } from '../estate/functions';
import { hybridParameterPath } from '../estate/hybrid';
import { workerVpcFlowLog } from '../estate/network';
import { publishedFlags, stackParameterName } from '../estate/published';
import type { AccountSettings } from '../estate/settings';
import { requiredParameterName } from '../estate/support';
import { deliveryRows } from './delivery-acknowledgements';

/** A finding of a check that stands, with the reason why it may. */
export interface Acknowledgement {
  /** Id as synth prints it behind "Acknowledge with", for example `AwsSolutions::AwsSolutions-IAM5[Resource::*]`. */
  readonly finding: string;
  /** Name of the stack; `*` stands for any characters. */
  readonly stack: string;
  /** Logical ids in it; `*` stands for any characters. */
  readonly resources: readonly string[];
  /** Whether these settings bring the finding about. @default true */
  readonly when?: boolean;
  readonly reason: string;
  /** For a debt: what mends it. Without one, the finding is how things should be. */
  readonly remedy?: string;
}

/** Versions that are past their end and stay, because the audit asks for them; synth still says so each time. */
export const acknowledgedVersions: Readonly<Record<string, string>> = {
  'postgres 17.4':
    'the audit of 1 December 2025 found 17.4 and the estate is modelled as audited; an instance that still lives has been upgraded by RDS, so adoption reads the version live',
};

/** Findings that stand in an account. A row of cdk-nag that matches nothing any more fails the synth. */
export function acknowledgementsFor(settings: AccountSettings): readonly Acknowledgement[] {
  return [
    ...postureRows(settings),
    ...networkRows(settings),
    ...storageRows,
    ...messagingRows,
    ...databaseRows(),
    ...secretRows,
    ...computeRows(settings),
    ...functionRows(settings),
    ...azureAccessRows(settings),
    ...edgeRows(settings),
    ...deliveryRows(settings),
  ].filter((row) => row.when ?? true);
}

const stack = (key: string): string => `huntaze-estate-${key}`;
const nag = (rule: string): string => `AwsSolutions::AwsSolutions-${rule}`;
const wildcard = (resource: string): string => nag(`IAM5[Resource::${resource}]`);

/** How cdk-nag writes a value that is read from an SSM parameter at deploy time; the library's suffix is fixed. */
const deployTimeId = (parameter: string): string =>
  `<SsmParameterValue${parameter.replaceAll(/[^A-Za-z0-9]/g, '')}C96584B6F00A464EAD1953AFF4B05118Parameter>`;

/** Weaknesses that the audited posture has and the hardened one closes. */
const postureRows = ({ posture }: AccountSettings): readonly Acknowledgement[] => {
  const row = (finding: string, key: string, resources: readonly string[]): Acknowledgement => ({
    finding: nag(finding),
    stack: stack(key),
    resources,
    when: posture === 'audited',
    reason: 'The audited posture shows the weakness that the audit found.',
    remedy: 'posture hardened closes it in place.',
  });
  return [
    row('SQS4', 'messaging', ['Queue*']),
    row('S10', 'storage', ['Bucket*']),
    row('RDS10', 'data', ['Database*']),
    row('DDB3', 'data', ['Table*']),
    row('EC23', 'network', ['cachegroup']),
    row('VPC7', 'network', ['WorkerVpc*']),
  ];
};

const networkRows = ({ account, region, posture, databases }: AccountSettings): readonly Acknowledgement[] => [
  {
    finding: nag('EC23'),
    stack: stack('network'),
    resources: ['databasegroup'],
    when: !databases.closePublicAccess,
    reason: 'The plain database is open to the internet, because an application outside the VPC may use it.',
    remedy: 'databases.closePublicAccess, once the owner knows who connects.',
  },
  {
    finding: wildcard(`arn:aws:logs:${region}:${account}:log-group:${workerVpcFlowLog.name}:*`),
    stack: stack('network'),
    resources: ['FlowLogRoleDefaultPolicy*'],
    when: posture === 'hardened',
    reason: 'A flow log names a log stream after each network interface.',
  },
];

const storageRows: readonly Acknowledgement[] = [
  {
    finding: nag('S1'),
    stack: stack('storage'),
    resources: ['Bucket*'],
    reason: 'No bucket of the account keeps server access logs; CloudTrail records writes to them.',
    remedy: 'one log bucket in the storage stack, named by each bucket.',
  },
  {
    finding: nag('S1'),
    stack: stack('foreign-*'),
    resources: ['Bucket*'],
    reason: 'The bucket belongs to another stack and is shown as that stack has it.',
  },
  {
    finding: nag('S10'),
    stack: stack('foreign-*'),
    resources: ['Bucket*'],
    reason: 'The bucket policy belongs to another stack and is not modelled here.',
  },
];

const messagingRows: readonly Acknowledgement[] = [
  {
    finding: nag('SQS3'),
    stack: stack('messaging'),
    resources: [
      'QueueStripeEventsDlq',
      'QueueMonthlyBillingDlqProduction',
      'QueueAiTeamEventbridgeDlq',
      'QueueHuntazeLambdaDlq',
      'QueueOAuthRefreshStack*',
    ],
    reason: 'A dead-letter queue itself: of rules and asynchronous calls, which cdk-nag does not follow.',
  },
];

const databaseRows = (): readonly Acknowledgement[] => {
  const data = stack('data');
  const plain = ['DatabaseHuntazePostgresProduction'];
  const both = [...plain, 'DatabaseHuntazePostgresProductionEncrypted'];
  return [
    {
      finding: nag('RDS2'),
      stack: data,
      resources: plain,
      reason: 'Encryption cannot be switched on in place: the instance would be replaced by an empty one.',
      remedy: 'the consolidation onto huntaze-postgres-production-encrypted.',
    },
    {
      finding: nag('RDS3'),
      stack: data,
      resources: both,
      reason: 'Both instances stand in one zone as audited; a second one doubles their price.',
      remedy: 'MultiAZ on the one instance that the consolidation leaves.',
    },
    {
      finding: nag('RDS11'),
      stack: data,
      resources: both,
      reason: 'Clients know the endpoint with its port; security groups decide who reaches it, not an unusual number.',
    },
    {
      finding: nag('AEC5'),
      stack: data,
      resources: ['CacheHuntazeRedisProduction'],
      reason: 'Clients know the endpoint with its port; security groups decide who reaches it, not an unusual number.',
    },
  ];
};

const azureAccessRows = ({ account, region, azure }: AccountSettings): readonly Acknowledgement[] => [
  {
    finding: wildcard('*'),
    stack: stack('azure-access'),
    resources: ['PolicyHuntazeAzureOpenaiCaller'],
    reason: 'GetWebIdentityToken has no resource; conditions hold it to RS256, one audience and five minutes.',
  },
  {
    finding: wildcard(`arn:aws:ssm:${region}:${account}:parameter${hybridParameterPath}*`),
    stack: stack('azure-access'),
    resources: ['PolicyHuntazeAzureOpenaiCaller'],
    reason: 'Callers read every setting of the hybrid by its path, in one call.',
  },
  {
    finding: nag('SMG4'),
    stack: stack('azure-access'),
    resources: ['SecretHuntazeAzureVpnSharedKey'],
    when: hasReached(azure.connectivity.link.stage, 'gateway'),
    reason: 'Both ends of a tunnel change their key together, and Secrets Manager reaches one of them only.',
    remedy: 'a new value on AWS and in Azure in one maintenance window, one connection after the other.',
  },
];

const secretRows: readonly Acknowledgement[] = [
  {
    finding: nag('SMG4'),
    stack: stack('secrets'),
    resources: ['SecretOnlyfansWs'],
    reason:
      'The function rotate-ws-token writes a new token, through a rule and not through the rotation of Secrets Manager.',
  },
  {
    finding: nag('SMG4'),
    stack: stack('secrets'),
    resources: ['SecretHuntazeDatabase', 'SecretHuntazeDbPasswordProduction', 'SecretHuntazeWsTokenSigningKey'],
    reason: 'The values are set by hand, and clients that no listing names hold copies of them.',
    remedy: 'rotation after the consolidation, when all clients read the secret at run time.',
  },
  {
    finding: nag('SMG4'),
    stack: stack('secrets'),
    resources: ['SecretHuntazeOauth*'],
    reason: 'Reddit and TikTok give out client secrets in their consoles; nothing rotates them from outside.',
  },
  {
    finding: nag('SMG4'),
    stack: stack('secrets'),
    resources: ['SecretHuntazeAi*'],
    reason: 'Google, OpenAI and Anthropic give out keys in their consoles; nothing rotates them from outside.',
    remedy: 'callers take a new value within five minutes; the keys go when the rollout has been at 100 % for good.',
  },
];

const computeRows = (settings: AccountSettings): readonly Acknowledgement[] => {
  const { account, region } = settings;
  const compute = stack('compute');
  const logs = (group: string): string => wildcard(`arn:aws:logs:${region}:${account}:log-group:${group}:*`);
  return [
    {
      finding: nag('ECS2'),
      stack: compute,
      resources: ['TaskDefinition*'],
      reason: 'Names, addresses and modes stand in the definition; every secret is read when the task starts.',
    },
    {
      finding: wildcard('*'),
      stack: compute,
      resources: ['*ExecutionRoleDefaultPolicy*'],
      reason: 'The action ecr:GetAuthorizationToken takes no resource.',
    },
    ...['/ecs/huntaze-scraper', '/huntaze/of/browser-worker', '/ecs/ai-summarizer', '/huntaze/consolidation'].map(
      (group): Acknowledgement => ({
        finding: logs(group),
        stack: compute,
        resources: ['*ExecutionRoleDefaultPolicy*'],
        reason: 'ECS names a log stream after each task.',
      }),
    ),
    {
      finding: wildcard(`arn:aws:s3:::${deployTimeId(requiredParameterName('scraper/result-bucket'))}/*`),
      stack: compute,
      resources: ['*TaskRoleDefaultPolicy*'],
      reason: 'The scraper names its results itself, in one bucket.',
    },
    {
      finding: wildcard('arn:aws:s3:::huntaze-of-traces-317805897534-us-east-1/*'),
      stack: compute,
      resources: ['*TaskRoleDefaultPolicy*'],
      reason: 'The browser worker names its traces itself, in one bucket.',
    },
    ...runnerRows(settings),
    {
      finding: wildcard(`arn:aws:ecs:${region}:${account}:task-definition/ai-summarizer:*`),
      stack: compute,
      resources: ['SummarizerStartRoleDefaultPolicy*'],
      reason: 'The schedule starts the newest revision of one task definition.',
    },
  ];
};

/** Wildcards of the consolidation task, whose rights follow from phase and strategy. */
const runnerRows = ({ account, region, databases }: AccountSettings): readonly Acknowledgement[] => {
  const { runner } = effectsOf(databases.consolidation);
  const { strategy } = databases.consolidation;
  const another = runner && strategy !== 'logical-replication';
  const rds = (resource: string): string => wildcard(`arn:aws:rds:${region}:${account}:${resource}`);
  const row = (finding: string, when: boolean, reason: string): Acknowledgement => ({
    finding,
    stack: stack('compute'),
    resources: ['huntazeconsolidateTaskRoleDefaultPolicy*'],
    when,
    reason,
  });
  return [
    row(
      wildcard('*'),
      runner,
      'Reading alarms, metrics and security groups takes no resource, nor does PutMetricData, which is held to one namespace.',
    ),
    row(
      rds(`snapshot:${consolidationSnapshotPrefix}*`),
      runner,
      'The run names its snapshots after its id, with one prefix.',
    ),
    row(
      rds(`db:${consolidatedInstancePrefix}*`),
      another,
      'The strategy makes one instance beside the two, named after the run, with one prefix.',
    ),
    row(
      wildcard(`arn:aws:cloudformation:${region}:${account}:stack/huntaze-estate-data/*`),
      another,
      'CloudFormation puts an id of its own behind the name of a stack.',
    ),
    row(
      rds(`db:${consolidationPair.source}*`),
      runner && strategy === 'blue-green',
      'RDS names the green instance after the blue one, with a suffix of its own.',
    ),
    row(rds('deployment:*'), runner && strategy === 'blue-green', 'RDS gives a blue/green deployment its id.'),
  ];
};

/** "Latest" is what the installed cdk-nag and aws-cdk-lib know. */
const latestRuntime = 'nodejs24.x';

const functionRows = ({ account, region, runtime }: AccountSettings): readonly Acknowledgement[] => {
  const regional = modelledFunctions.filter(({ kind }) => kind === 'regional');
  const flagId = (part: keyof typeof publishedFlags) => deployTimeId(stackParameterName('data', publishedFlags[part]));
  const application = `arn:aws:appconfig:${region}:${account}:application/${flagId('application')}`;
  return [
    ...['functions', 'edge'].flatMap((key): Acknowledgement[] => [
      {
        finding: nag('L1'),
        stack: stack(key),
        resources: ['Function*'],
        when: runtime !== latestRuntime,
        reason: 'The audit asks for nodejs20.x; the lifecycle check says on every synth when it is withdrawn.',
        remedy: 'the setting runtime moves every function at once.',
      },
    ]),
    {
      finding: wildcard('*'),
      stack: stack('functions'),
      resources: ['*RoleDefaultPolicy*'],
      when: regional.some(({ tracing, vpc }) => tracing === 'Active' || vpc !== undefined),
      reason:
        'X-Ray takes no resource, nor do the calls by which Lambda makes the network interfaces of a VPC function.',
    },
    ...[
      `${application}/configurationprofile/${flagId('profile')}/hostedconfigurationversion/*`,
      `${application}/environment/${flagId('environment')}/deployment/*`,
    ].map(
      (resource): Acknowledgement => ({
        finding: wildcard(resource),
        stack: stack('functions'),
        resources: ['huntazeflagcleanupRoleDefaultPolicy*'],
        reason: 'AppConfig numbers versions and deployments as they come.',
      }),
    ),
    {
      finding: wildcard(`arn:aws:s3:::${deployTimeId(requiredParameterName('publishers/upload-bucket'))}/*`),
      stack: stack('functions'),
      resources: ['publisherinstagramRoleDefaultPolicy*', 'publishertiktokRoleDefaultPolicy*'],
      reason: 'A post names its upload by key, in one bucket.',
    },
    ...regional.map(
      ({ name }): Acknowledgement => ({
        finding: wildcard(`arn:aws:logs:${region}:${account}:log-group:/aws/lambda/${name}:*`),
        stack: stack('functions'),
        // Of this function alone: a row for each function on the role of each would be their square.
        resources: [`${name.replaceAll(/[^A-Za-z0-9]/g, '')}RoleDefaultPolicy*`],
        reason: 'Lambda names a log stream after each execution environment.',
      }),
    ),
  ];
};

const edgeRows = ({ account, edge }: AccountSettings): readonly Acknowledgement[] => {
  const distribution = ['DistributionAssets'];
  return [
    ...modelledFunctions
      .filter(({ kind }) => kind === 'edge')
      .flatMap(({ name }) => {
        const group = `arn:aws:logs:*:${account}:log-group:/aws/lambda/us-east-1.${name}`;
        return [group, `${group}:*`];
      })
      .map(
        (resource): Acknowledgement => ({
          finding: wildcard(resource),
          stack: stack('edge'),
          resources: ['EdgeRoleDefaultPolicy*'],
          reason: 'An edge function logs in the region that ran it, in a stream that Lambda names.',
        }),
      ),
    {
      finding: nag('CFR1'),
      stack: stack('edge'),
      resources: distribution,
      reason: 'The site is offered in every country.',
    },
    {
      finding: nag('CFR2'),
      stack: stack('edge'),
      resources: distribution,
      reason: 'It serves static files behind an edge function; the only firewall in the documents is regional.',
      remedy: 'a web ACL of scope CLOUDFRONT, about 5 USD a month and 1 USD for each rule.',
    },
    {
      finding: nag('CFR3'),
      stack: stack('edge'),
      resources: distribution,
      reason: 'No listing shows access logs of the distribution.',
      remedy: 'standard logging to a bucket of the storage stack.',
    },
    {
      finding: nag('CFR4'),
      stack: stack('edge'),
      resources: distribution,
      when: edge.alias === undefined,
      reason: "CloudFront's own certificate admits TLS 1.0, and no template can change that.",
      remedy: 'edge.alias with a certificate, which brings TLSv1.2_2021.',
    },
  ];
};
